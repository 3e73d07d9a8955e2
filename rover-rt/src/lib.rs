//! The runtime of compiled Rover programs: workers, HTTP, the LuaJIT VM, requests,
//! responses, JSON and logs.
//!
//! Programs use it through the `rover` crate.

mod accept;
mod address;
mod app;
mod balance;
mod budget;
mod cli;
mod client;
mod clock;
mod connection;
mod connections;
mod constant;
mod decode;
mod docs;
mod error;
mod form;
#[doc(hidden)]
pub mod fuzzing;
mod guard;
mod html;
mod http1;
mod inherit;
mod lag;
mod listen;
mod log;
mod pattern;
pub mod program;
mod pulse;
mod reply;
mod request;
mod service;
mod settings;
mod slow;
mod stop;
#[cfg(unix)]
mod supervise;
mod vm;
mod worker;

use rover_model::json;

pub use app::App;
pub use cli::main;
pub use client::{TestClient, TestRequest, TestResponse};
pub use error::Error;
pub use rover_model::LogLevel;
