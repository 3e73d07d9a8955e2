pub(crate) mod error;
pub(crate) mod reserved;
pub(crate) mod scalar;
