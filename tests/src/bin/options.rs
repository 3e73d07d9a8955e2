//! The program of `contract/options_of_start` in a process of its own, which has an environment.

use std::process::ExitCode;

fn main() -> ExitCode {
    rover::main(rover_tests::programs::options_of_start::app())
}
