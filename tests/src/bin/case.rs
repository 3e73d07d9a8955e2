//! A program of `contract/` in a process of its own: `ROVER_TEST_CASE` is its name, and
//! `ROVER_TEST_REFERENCE` asks for its reference form.

use std::env;
use std::process::ExitCode;

use rover_tests::programs::PROGRAMS;

fn main() -> ExitCode {
    let name = env::var("ROVER_TEST_CASE").expect("the name of a case");
    let (_, specialised, reference) = PROGRAMS
        .iter()
        .find(|(case, ..)| *case == name)
        .expect("a folder of `contract/`");
    rover::main(match env::var_os("ROVER_TEST_REFERENCE") {
        None => specialised(),
        Some(_) => reference(),
    })
}
