//! What is of no usual kind.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0001", "text that is not Lua");

/// What a parser says.
pub(crate) fn said<At>(at: At, label: &str) -> Diagnostic<At> {
    Diagnostic::new(CODE, "Lua syntax error").at(at, label)
}

/// What a parser says of no place.
pub(crate) fn said_of_nothing<At>(message: &str) -> Diagnostic<At> {
    Diagnostic::new(CODE, message)
}

pub(crate) fn number(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "this is no number")
        .at(at, "here")
        .help("numbers are written `10`, `0.5`, `1e3` or `0xff`; a name begins with no digit")
}
