//! Redis and Valkey: commands, a worker's connection, answers. Knows no Lua.

mod cluster;
pub(crate) mod command;
mod connect;
pub(crate) mod connection;
mod error;
pub(crate) mod reply;
mod slots;
pub(crate) mod subscription;
pub(crate) mod worker;
