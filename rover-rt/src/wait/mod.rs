//! What handlers wait for: operations that the outside finishes, and the errors that they end
//! with. Nothing here knows Lua.

pub(crate) mod error;
pub(crate) mod operation;
#[cfg(any(unix, feature = "crypto"))]
pub(crate) mod threads;
