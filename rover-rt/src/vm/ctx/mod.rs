//! What a handler reads of its request: by a ctx, and without one in specialised handlers.
//!
//! Nothing here changes the request or answers it. What is checked by a schema is read in
//! `guard/`.

pub(crate) mod body;
pub(crate) mod form;
pub(crate) mod members;
pub(crate) mod reads;
