//! What Lua says of sessions: see `session.lua`. Cookies and the store are in `crate::sessions`, which knows no Lua.

pub(crate) mod natives;
