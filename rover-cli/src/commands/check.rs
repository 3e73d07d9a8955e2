//! `rover check`: every mistake in a program's files, at once.

use std::io::Write;
use std::process::ExitCode;

use crate::args::Check;
use crate::error::Error;
use crate::manifest::Manifest;

pub(crate) fn run(check: &Check) -> Result<ExitCode, Error> {
    let manifest = Manifest::find(&check.manifest)?;
    let compiled = manifest
        .compile()
        .map_err(|why| Error::Lua(why.to_string()))?;
    let mut out = anstream::stdout().lock();
    let _ = writeln!(out, "{} routes", compiled.plan.routes.len());
    Ok(ExitCode::SUCCESS)
}
