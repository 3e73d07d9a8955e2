//! What Lua says of state that all workers share.
//!
//! Texts, numbers and booleans go by the functions that compiled traces call ([`traced`]); tables are
//! encoded and decoded by natives ([`natives`], [`encoded`]).

pub(crate) mod cache;
pub(crate) mod encoded;
pub(crate) mod natives;
pub(crate) mod traced;
