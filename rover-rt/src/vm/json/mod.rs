pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod list;
pub(crate) mod natives;
pub(crate) mod object;
