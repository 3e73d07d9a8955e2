pub(crate) mod headers;
pub(crate) mod lists;
pub(crate) mod marker;
pub(crate) mod pages;
pub(crate) mod respond;
pub(crate) mod row;
pub(crate) mod steps;
pub(crate) mod written;
