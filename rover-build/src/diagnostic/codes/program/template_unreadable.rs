//! `rover.template` of a file that is not there.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0103", "a template's file that cannot be read");

/// With what the system says.
pub(crate) fn file(at: Position, name: &str, error: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("template `{name}` cannot be read"))
        .at(at, error)
        .help("template files stand beside the manifest")
}

/// `rover.template "../page.html"`
pub(crate) fn outside(at: Position, name: &str) -> Diagnostic {
    file(at, name, "it lies outside of the manifest's folder")
}
