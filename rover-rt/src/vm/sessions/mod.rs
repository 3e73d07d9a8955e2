//! What Lua says of sessions: see `session.lua`. Cookies and the store are in `crate::sessions`, which knows no Lua.

#[cfg(feature = "redis")]
pub(crate) mod elsewhere;
pub(crate) mod natives;
