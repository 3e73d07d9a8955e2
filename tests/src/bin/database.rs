//! The program of `database/` in a process of its own.

use std::process::ExitCode;

rover::app!(mod compiled = "database/routes.lua");

fn main() -> ExitCode {
    rover::main(compiled::app())
}
