//! The program of `contract/faults`, and the same with a runtime that fails: the templates that
//! its compiled code refers to by numbers are not there, so that the function which writes
//! responses by them panics, and so does the router for one path.

use std::process::ExitCode;

mod program {
    #![allow(missing_docs)]
    include!(concat!(env!("OUT_DIR"), "/faults.rs"));

    /// The program without its templates.
    pub(crate) fn broken() -> ::rover::App {
        let mut plan = PROGRAM.plan.clone();
        plan.templates = rt::Borrowed(&[]);
        let router = rt::Router::Compiled {
            static_paths: &STATIC_PATHS,
            dynamic: |method, path| match path.raw() {
                "/panic/in/the/router" => panic!("for the test"),
                _ => dynamic(method, path),
            },
        };
        let broken = rt::Program { plan, router };
        ::rover::App::new(Box::leak(Box::new(broken)))
    }
}

fn main() -> ExitCode {
    match std::env::var("ROVER_TEST_BROKEN").is_ok() {
        true => rover::main(program::broken()),
        false => rover::main(program::app()),
    }
}
