//! Clocks: what time it is for a worker, and whether its event loop still turns.
//!
//! Nothing here knows connections, requests or Lua.

pub(crate) mod clock;
pub(crate) mod pulse;
