//! `rover explain`
use crate::args::Explain;
use crate::error::Error;
use std::process::ExitCode;
pub(crate) fn run(_: &Explain) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
