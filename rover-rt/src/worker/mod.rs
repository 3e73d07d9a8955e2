//! A worker: a thread with an event loop, listening sockets, connections and a program of its
//! own.
//!
//! A connection moves bytes between its socket and an exchange of `http1/`; nothing here reads
//! them. Nothing on a request's path is shared between threads: what workers share is about
//! whole connections, and is in `balance`, `address` and `slow`.

mod accept;
mod address;
pub(crate) mod balance;
mod connection;
mod connections;
pub(crate) mod lag;
mod slow;
pub(crate) mod thread;
mod waiting;
