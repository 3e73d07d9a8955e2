//! What is printed. A reader that has gone away ends the printing, and is no mistake.

use std::io::{self, Write};
use std::process::ExitCode;

use rover_build::{Diagnostic, Position, Severity, Style, Texts, Warnings};
use serde_json::{Value, json};

use crate::error::Error;

/// Prints on standard output; colours are left out where nobody sees them.
pub(crate) fn print(text: &str) -> Result<ExitCode, Error> {
    let mut out = anstream::stdout().lock();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Io {
            what: "standard output".to_owned(),
            error,
        }),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Prints JSON, which people may read, too.
pub(crate) fn json(value: &serde_json::Value) -> Result<ExitCode, Error> {
    print(&format!("{value:#}\n"))
}

/// Tells on standard error what may be a mistake.
pub(crate) fn warnings(out: &mut impl Write, warnings: &Warnings) -> io::Result<()> {
    for warning in &warnings.diagnostics {
        let shown = warnings
            .texts
            .render(warning, Severity::Warning, Style::Coloured);
        writeln!(out, "\n{shown}")?;
    }
    Ok(())
}

/// `1 route`, `2 routes`
pub(crate) fn counted(many: usize, one: &str) -> String {
    match many {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}

/// A mistake as JSON, for editors and other programs.
pub(crate) fn mistake(diagnostic: &Diagnostic, texts: &Texts, severity: Severity) -> Value {
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
