//! The server's process: its command line, signals and listening sockets, the start and the
//! stop of its workers, and the process that watches over it.
//!
//! Nothing here has a part in answering requests.

pub(crate) mod app;
pub(crate) mod cli;
mod inherit;
mod listen;
mod stop;
#[cfg(unix)]
mod supervise;
