//! What Lua says of the hooks that let requests in: see `admission.lua`.

pub(crate) mod gate;
pub(crate) mod natives;
