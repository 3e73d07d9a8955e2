//! What handlers wait for: operations that the outside finishes, and the errors that they end
//! with. Nothing here knows Lua.

#[allow(dead_code, reason = "the first operations come with the next change")]
pub(crate) mod error;
