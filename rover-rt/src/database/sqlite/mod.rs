//! SQLite: reads on the worker's own thread, writes by one thread for the whole process, which puts
//! all that wait into one transaction.

pub(crate) mod connection;
pub(crate) mod error;
pub(crate) mod local;
pub(crate) mod memory;
pub(crate) mod migrate;
pub(crate) mod shared;
pub(crate) mod target;
pub(crate) mod transaction;
pub(crate) mod writer;

#[cfg(test)]
mod tests;
