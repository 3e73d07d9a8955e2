//! `api.text("x"):header("content-length", "1")`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0504", "a header that only the server sets");

/// With why the server sets it.
pub(crate) fn of_server(at: Position, name: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("the header `{name}` cannot be set"))
        .at(at, "set here")
        .help(reason)
}
