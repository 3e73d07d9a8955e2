//! The example `gateway` in a process of its own, whose environment says where its services are.

use std::process::ExitCode;

fn main() -> ExitCode {
    rover::main(rover_tests::programs::gateway::app())
}
