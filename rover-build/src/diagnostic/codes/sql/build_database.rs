//! `ROVER_BUILD_DATABASE=postgres://...`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R1010", "the database of the build cannot be asked");

/// With why not. The address is not told: it may have a password.
pub(crate) fn unreachable(at: Position, variable: &str, why: &str) -> Diagnostic {
    let message = format!("`{variable}` cannot be asked: {why}");
    Diagnostic::new(CODE, message)
        .at(at, "its statements")
        .help("start the server, or build without the variable: SQL is read by PostgreSQL's grammar then")
}
