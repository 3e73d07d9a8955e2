//! What is printed. A reader that has gone away ends the printing, and is no mistake.

use std::io::{self, Write};
use std::process::ExitCode;

use rover_build::{Severity, Style, Warnings};

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
