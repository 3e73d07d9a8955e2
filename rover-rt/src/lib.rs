//! The runtime of compiled Rover programs: workers, HTTP, the LuaJIT VM, requests,
//! responses, JSON and logs.
//!
//! Programs use it through the `rover` crate.

mod app;
mod balance;
mod cli;
mod client;
mod connection;
mod connections;
mod constant;
mod decode;
mod error;
mod form;
mod http1;
#[doc(hidden)]
pub mod json;
mod listen;
mod log;
mod pattern;
pub mod program;
mod reply;
mod request;
mod service;
mod settings;
mod vm;
mod worker;

pub use app::App;
pub use cli::main;
pub use client::{TestClient, TestRequest, TestResponse};
pub use error::Error;
pub use rover_model::LogLevel;
