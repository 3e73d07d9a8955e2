pub(crate) mod members;
pub(crate) mod reads;
