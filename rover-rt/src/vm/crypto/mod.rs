//! What Lua says of cryptography: see `crypto.lua`, `password.lua` and `jwt.lua`. What is done is in
//! `crate::crypto`, which knows no Lua.

pub(crate) mod jwt;
pub(crate) mod natives;
pub(crate) mod password;
#[cfg(feature = "client")]
pub(crate) mod published;
