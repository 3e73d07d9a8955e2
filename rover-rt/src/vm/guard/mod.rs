pub(crate) mod check;
pub(crate) mod in_place;
pub(crate) mod made;
pub(crate) mod precheck;
pub(crate) mod push;
pub(crate) mod read;
pub(crate) mod write;
