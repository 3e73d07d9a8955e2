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

/// The allocator of a program that is a manifest alone. A binary has one, so a `main` of
/// its own chooses for itself.
#[cfg(feature = "mimalloc")]
#[doc(hidden)]
#[macro_export]
macro_rules! __allocator {
    () => {
        #[global_allocator]
        static ALLOCATOR: $crate::__private::MiMalloc = $crate::__private::MiMalloc;
    };
}

/// Without the feature `mimalloc` a program has the system's allocator.
#[cfg(not(feature = "mimalloc"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __allocator {
    () => {};
}

/// What generated code names. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "mimalloc")]
    pub use mimalloc::MiMalloc;
    pub use rover_rt::fuzzing;
    pub use rover_rt::program::*;
}
