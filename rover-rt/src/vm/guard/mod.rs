//! `rover.guard` in the VM: schemas that the program makes, parts of the request and Lua values
//! that are checked, and what becomes of them.
//!
//! The rules are the engine's in `rover-model`, and JSON, forms, queries and parameters are laid out by
//! `crate::guard`. Nothing here writes an answer but that to what a handler begins with
//! checking.

pub(crate) mod check;
pub(crate) mod environment;
pub(crate) mod in_place;
pub(crate) mod layout;
pub(crate) mod made;
pub(crate) mod patterns;
pub(crate) mod precheck;
pub(crate) mod push;
pub(crate) mod read;
#[cfg(test)]
mod tests;
pub(crate) mod write;
