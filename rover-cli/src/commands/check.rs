//! `rover check`: every mistake in a program's files, at once.

use std::process::ExitCode;

use rover_build::{Compiled, Diagnostic, Failure, Position, Severity, Texts};
use serde_json::{Value, json};

use crate::args::Check;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output;

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
    let counted = |many: usize, one: &str| match many {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    };
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

fn mistake(diagnostic: &Diagnostic, texts: &Texts, severity: Severity) -> Value {
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut value = json!({
        "severity": severity,
        "code": diagnostic.code.id(),
        "message": diagnostic.message,
        "help": diagnostic.help,
    });
    if let Some((position, _)) = diagnostic.labels.first() {
        place(&mut value, position, texts);
    }
    let labels = diagnostic.labels.iter().map(|(position, text)| {
        let mut label = json!({ "text": text });
        place(&mut label, position, texts);
        label
    });
    value["labels"] = labels.collect();
    value
}

fn place(value: &mut Value, position: &Position, texts: &Texts) {
    value["file"] = json!(texts.path(position));
    let (start, end) = match texts.range(position) {
        Some((start, end)) => (start, Some(end)),
        None => (position.clone(), None),
    };
    value["line"] = json!(start.line);
    value["column"] = json!(start.column.max(1));
    value["end_line"] = json!(end.as_ref().map(|end| end.line));
    value["end_column"] = json!(end.as_ref().map(|end| end.column));
}
