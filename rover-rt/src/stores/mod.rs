//! State that all workers have in common: what `rover.shared` and `rover.cache` keep.
//!
//! [`memory`] is a store in the process: shards with short locks, which nobody holds while anything else
//! happens. What a VM reads again and again it has in [`recent`], without a lock. [`registry`] knows the
//! process's stores by their names. Nothing here knows Lua.

pub(crate) mod cache;
pub(crate) mod clock;
pub(crate) mod lock;
pub(crate) mod memory;
pub(crate) mod recent;
pub(crate) mod registry;
pub(crate) mod shard;
pub(crate) mod value;
pub(crate) mod write;
