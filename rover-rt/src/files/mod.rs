//! Files below the folders that a program names in its option `files`, and nowhere else: the
//! operations of `rover.fs`, and open files as Lua's `io` has them.
//!
//! Nothing here knows Lua or a VM, and nothing here lets an event loop wait for a disk: what the
//! system is asked for runs on the threads of `pool`.

mod beneath;
pub(crate) mod error;
mod find;
pub(crate) mod folder;
pub(crate) mod front;
mod limit;
pub(crate) mod open;
mod path;
pub(crate) mod pool;
pub(crate) mod roots;
mod size_signal;
mod temporary;
mod transfer;
mod whole;

#[cfg(test)]
mod tests;
