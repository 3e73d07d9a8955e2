//! JSON's numbers, strings and errors, written into vectors.
//!
//! Nothing here knows Lua, the VM or requests.

pub(crate) mod error;
pub(crate) mod reserved;
pub(crate) mod scalar;
