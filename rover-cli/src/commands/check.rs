//! `rover check`: every mistake in a program's files, at once.

use std::process::ExitCode;

use rover_build::{Compiled, Failure, Severity};
use serde_json::Value;

use crate::args::Check;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output::{self, counted, mistake};

pub(crate) fn run(check: &Check) -> Result<ExitCode, Error> {
    let manifest = Manifest::find(&check.manifest)?;
    let compiled = manifest.compile();
    if check.json {
        output::json(&as_json(&compiled))?;
        return Ok(match compiled {
            Ok(_) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        });
    }
    let compiled = compiled?;
    // Nobody is left to be told where standard error is closed.
    let _ = output::warnings(&mut anstream::stderr().lock(), &compiled.warnings);
    output::print(&summary(&compiled))
}

fn summary(compiled: &Compiled) -> String {
    let routes = counted(compiled.plan.routes.len(), "route");
    let files = counted(compiled.dependencies.len(), "file");
    match compiled.warnings.diagnostics.len() {
        0 => format!("{routes} in {files}, no mistakes\n"),
        many => format!("{routes} in {files}, {}\n", counted(many, "warning")),
    }
}

fn as_json(compiled: &Result<Compiled, Failure>) -> Value {
    let (errors, warnings) = match compiled {
        Ok(compiled) => (None, &compiled.warnings),
        Err(failure) => (Some(failure), &failure.warnings),
    };
    let errors = errors.into_iter().flat_map(|failure| {
        let all = failure.diagnostics.iter();
        all.map(|diagnostic| mistake(diagnostic, &failure.texts, Severity::Error))
    });
    let suspicions = warnings.diagnostics.iter();
    let suspicions = suspicions.map(|d| mistake(d, &warnings.texts, Severity::Warning));
    errors.chain(suspicions).collect()
}
