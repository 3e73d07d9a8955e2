//! The client against servers that do what a test says.

mod addresses;
mod answers;
mod authority;
mod certificates;
mod http2;
mod misbehaving;
mod nginx;
mod plain;
mod server;
