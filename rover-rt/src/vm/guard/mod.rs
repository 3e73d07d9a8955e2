pub(crate) mod check;
pub(crate) mod find;
pub(crate) mod in_place;
pub(crate) mod layout;
pub(crate) mod made;
pub(crate) mod precheck;
pub(crate) mod push;
pub(crate) mod read;
#[cfg(test)]
mod tests;
pub(crate) mod write;
