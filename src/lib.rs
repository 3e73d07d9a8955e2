#![doc = include_str!("../README.md")]

pub use rover_macros::app;
pub use rover_rt::{App, Error, LogLevel, TestClient, TestRequest, TestResponse, main};

/// Includes the program that `rover_build::compile` wrote in a build script.
///
/// It expands to the items of a module: `pub fn app() -> rover::App` and the
/// program's tables.
#[macro_export]
macro_rules! include_app {
    () => {
        include!(concat!(env!("OUT_DIR"), "/rover_app.rs"));
    };
}

/// What generated code names. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use rover_rt::fuzzing;
    pub use rover_rt::program::*;
}
