//! Who is let in to a handler: how often a client may come, and whether a request has been answered before.
//!
//! [`limit`] counts requests, [`replay`] keeps answers by their keys. Both are of the process, so that all
//! workers see the same, and take bounded memory. Nothing here knows Lua.

pub(crate) mod digest;
pub(crate) mod kept;
pub(crate) mod limit;
pub(crate) mod replay;
