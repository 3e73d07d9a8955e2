//! What a VM remembers: its program, its memory, its caches, and in [`request`] all that belongs
//! to the request that runs.
//!
//! These are data with what keeps them consistent. Nothing here is called by Lua or calls it,
//! but for Lua's collector, which [`memory`] asks for.

pub(crate) mod admission;
pub(crate) mod call;
pub(crate) mod checks;
#[cfg(feature = "database")]
pub(crate) mod databases;
pub(crate) mod deadline;
pub(crate) mod decoder;
#[cfg(unix)]
pub(crate) mod files;
pub(crate) mod in_place;
pub(crate) mod lists;
pub(crate) mod memory;
pub(crate) mod order;
pub(crate) mod pages;
pub(crate) mod replaced;
pub(crate) mod request;
pub(crate) mod scheduled;
pub(crate) mod schemas;
#[cfg(feature = "crypto")]
pub(crate) mod secrets;
pub(crate) mod shapes;
pub(crate) mod slots;
pub(crate) mod steps;
pub(crate) mod stores;
pub(crate) mod vm;
pub(crate) mod waiting;
pub(crate) mod waits;
