//! What the tests share: the compiled programs, a server on a socket, and the format of
//! `requests.http`.

pub mod browser;
mod case;
pub mod client;
pub mod cookies;
pub mod fuzz;
mod process;
pub mod router;
mod server;
mod small_disk;

pub use case::{Case, parse};
pub use process::{Process, listening, signal};
pub use server::{Response, Server, unused_address};
pub use small_disk::SmallDisk;

/// What has not happened after so long never will, on the busiest machine. No test waits for
/// it to pass.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// A text without the addresses that `tostring` tells of tables and functions.
pub fn without_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "0x" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

/// The database of programs that are told theirs by the environment: one of their own, in memory.
pub const IN_MEMORY: [(&str, &str); 1] = [("DATABASE_URL", "sqlite::memory:")];

/// A compiled manifest.
pub type Program = fn() -> rover::App;

/// The manifests of `contract/`, compiled.
pub mod programs {
    include!(concat!(env!("OUT_DIR"), "/programs.rs"));
}
