//! A worker: a thread with an event loop, listening sockets, connections and a program of its
//! own.
//!
//! Nothing here knows HTTP or Lua: connections move bytes between a socket and an exchange.
//! What workers share is in `balance.rs`.

mod accept;
mod address;
pub(crate) mod balance;
mod connection;
mod connections;
pub(crate) mod lag;
mod slow;
pub(crate) mod thread;
