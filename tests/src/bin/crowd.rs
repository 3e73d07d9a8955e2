//! The program of `contract/crowd` in a process of its own: its handlers measure their work by
//! `os.clock`, which counts what all threads of a process do.

use std::process::ExitCode;

fn main() -> ExitCode {
    rover::main(rover_tests::programs::crowd::app())
}
