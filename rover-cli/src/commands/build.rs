//! `rover build`: one file that serves a program, from its Lua files alone.
//!
//! The compiler looks at the Lua first, so that what cargo could say of it is not needed. Then
//! cargo builds a crate that lies in the user's cache folder, where all of them share what is
//! built of Rover and its dependencies.

mod cache;
mod cargo;
mod units;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{fs, io};

use crate::args::Build;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output;
use crate::source::Source;

use cache::Crate;

pub(crate) fn run(build: &Build) -> Result<ExitCode, Error> {
    let manifest = Manifest::find(&build.manifest)?;
    let source = Source::find(&build.rover)?;
    let compiled = manifest.compile()?;
    // Nobody is left to be told where standard error is closed.
    let _ = output::warnings(&mut anstream::stderr().lock(), &compiled.warnings);
    let began = Instant::now();
    let cached = Crate::write(&manifest, compiled.needs, &source)?;
    let program = cargo::build(&cached, build.debug)?;
    let output = match &build.output {
        Some(file) => file.clone(),
        None => PathBuf::from(&cached.name),
    };
    let bytes = place(&program, &output)?;
    let seconds = began.elapsed().as_secs_f64();
    output::print(&format!(
        "{}: {:.1} MB, built in {seconds:.1} s\n",
        output.display(),
        bytes as f64 / 1e6
    ))
}

/// Puts the program where it is wanted, in one step: one that runs there goes on.
fn place(program: &Path, output: &Path) -> Result<u64, Error> {
    let failed = || Error::io(format!("`{}` cannot be written", output.display()));
    if output.is_dir() {
        return Err(failed()(io::ErrorKind::IsADirectory.into()));
    }
    let mut beside = output.as_os_str().to_owned();
    beside.push(".new");
    let bytes = fs::copy(program, &beside).map_err(failed())?;
    fs::rename(&beside, output).map_err(failed())?;
    Ok(bytes)
}
