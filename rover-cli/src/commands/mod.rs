//! The commands, a file each.

mod check;
pub(crate) mod dev;

use std::process::ExitCode;

use crate::args::{Arguments, Command};
use crate::error::Error;

/// Runs the command that was asked for.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    match arguments.command {
        Command::Dev(dev) => dev::run(&dev),
        Command::Check(check) => check::run(&check),
    }
}
