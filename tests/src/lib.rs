//! What the tests share: the compiled programs, a server on a socket, and the format of
//! `requests.http`.

mod case;
pub mod client;
pub mod fuzz;
mod process;
pub mod router;
mod server;

pub use case::{Case, parse};
pub use process::{Process, listening, signal};
pub use server::{Response, Server, unused_address};

/// A compiled manifest.
pub type Program = fn() -> rover::App;

/// The manifests of `contract/`, compiled.
pub mod programs {
    include!(concat!(env!("OUT_DIR"), "/programs.rs"));
}
