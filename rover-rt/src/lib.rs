//! The runtime of compiled Rover programs: workers, HTTP, the LuaJIT VM, requests,
//! responses, JSON and logs.
//!
//! Programs use it through the `rover` crate.

mod admission;
mod chunked;
mod client;
#[cfg(feature = "crypto")]
mod crypto;
#[cfg(feature = "database")]
mod database;
#[doc(hidden)]
pub mod development;
mod environment;
mod error;
#[cfg(unix)]
mod files;
#[doc(hidden)]
pub mod fuzzing;
mod guard;
mod html;
mod http1;
mod log;
mod message;
#[cfg(feature = "client")]
mod outbound;
mod pattern;
mod process;
pub mod program;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "redis")]
mod remote;
mod resources;
mod router;
mod service;
#[cfg(feature = "crypto")]
mod sessions;
mod settings;
mod stores;
mod time;
#[cfg(any(feature = "client", feature = "postgres", feature = "redis"))]
mod tls;
mod vm;
mod wait;
mod worker;

pub use client::{TestClient, TestRequest, TestResponse};
pub use error::{Error, WrongVariables};
pub use process::app::{App, Stage};
pub use process::cli::main;
pub use rover_model::LogLevel;
