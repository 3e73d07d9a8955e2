//! From a request to its answer: the route, the handler or the answer that was prepared for
//! it, the hooks.
//!
//! Nothing here knows connections or bytes on their way.

mod added;
pub(crate) mod background;
mod constant;
mod development;
pub(crate) mod dispatch;
mod docs;
mod replaced;
mod schedule;
#[cfg(feature = "redis")]
mod subscribed;
#[cfg(feature = "redis")]
mod turns;
