//! `ROVER_BUILD_DATABASE=postgres://...`

use std::path::Path;

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R1010", "the database of the build cannot be asked");

/// With why not, and the file that names it, where that is one. The address is not told: it may have
/// a password.
pub(crate) fn unreachable(
    at: Position,
    variable: &str,
    file: Option<&Path>,
    why: &str,
) -> Diagnostic {
    let (of_file, without) = match file {
        None => ("", "build without the variable".to_owned()),
        Some(_) => (
            " of `.env`",
            format!("build with `{variable}=` in the environment"),
        ),
    };
    let message = format!("`{variable}`{of_file} cannot be asked: {why}");
    Diagnostic::new(CODE, message)
        .at(at, "its statements")
        .help(format!(
            "start the server, or {without}: SQL is read by PostgreSQL's grammar then"
        ))
}
