//! What Lua says of the hooks that let requests in: see `admission.lua`.

#[cfg(feature = "redis")]
pub(crate) mod elsewhere;
pub(crate) mod gate;
pub(crate) mod natives;
