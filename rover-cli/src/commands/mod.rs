//! The commands, a file each.

mod build;
mod check;
mod completions;
pub(crate) mod dev;
mod expand;
mod explain;
mod explain_code;
mod new;
mod openapi;
mod routes;

use std::process::ExitCode;

use crate::args::{Arguments, Check, Command};
use crate::error::Error;

/// Runs the command that was asked for.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    match arguments.command {
        Command::New(new) => new::run(&new),
        Command::Dev(dev) => dev::run(&dev),
        Command::Check(Check {
            explain: Some(code),
            ..
        }) => Ok(explain_code::run(&code)),
        Command::Check(check) => check::run(&check),
        Command::Routes(routes) => routes::run(&routes),
        Command::OpenApi(openapi) => openapi::run(&openapi),
        Command::Explain(explain) => explain::run(&explain),
        Command::Expand(expand) => expand::run(&expand),
        Command::Build(build) => build::run(&build),
        Command::Completions(completions) => completions::run(&completions),
    }
}
