pub(crate) mod lists;
pub(crate) mod pages;
pub(crate) mod respond;
pub(crate) mod row;
pub(crate) mod written;
