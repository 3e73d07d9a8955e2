//! The client against servers that do what a test says.

mod answers;
mod certificates;
mod misbehaving;
mod plain;
mod server;
