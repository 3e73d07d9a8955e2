//! What Lua says of Redis and Valkey.

pub(crate) mod natives;
pub(crate) mod reply;
