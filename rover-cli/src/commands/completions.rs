//! `rover completions`: a script for a shell.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::args::{Arguments, Completions};
use crate::error::Error;
use crate::output;

pub(crate) fn run(completions: &Completions) -> Result<ExitCode, Error> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(completions.shell, &mut command, "rover", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
