//! What Lua says of state that is on a server: see `stores.lua`.

pub(crate) mod cache;
pub(crate) mod stores;
pub(crate) mod values;
