//! The commands, a file each.

mod check;
pub(crate) mod dev;
mod explain_code;

use std::process::ExitCode;

use crate::args::{Arguments, Check, Command};
use crate::error::Error;

/// Runs the command that was asked for.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    match arguments.command {
        Command::Dev(dev) => dev::run(&dev),
        Command::Check(Check {
            explain: Some(code),
            ..
        }) => Ok(explain_code::run(&code)),
        Command::Check(check) => check::run(&check),
    }
}
