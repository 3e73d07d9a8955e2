//! Loading a program into a new VM: the one place that knows all natives.
//!
//! Nothing here runs for a request.

mod admission;
mod chains;
mod chunks;
#[cfg(feature = "database")]
mod databases;
mod entries;
pub(crate) mod handlers;
pub(crate) mod load;
pub(crate) mod options;
mod stores;
#[cfg(test)]
pub(crate) mod testing;
