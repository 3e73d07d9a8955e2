pub(crate) mod body;
pub(crate) mod form;
pub(crate) mod members;
pub(crate) mod reads;
