//! `g:strin()`, `g:string():min("a")`

use rover_model::guard;

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::nearest_or_all;
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0601", "a schema that is wrong");

/// With what the schema says.
pub(crate) fn schema(at: Position, wrong: guard::Wrong) -> Diagnostic {
    let help = match &wrong.unknown {
        Some((name, known)) => Some(nearest_or_all(name, known.iter().copied())),
        None => wrong.help,
    };
    let diagnostic = Diagnostic::new(CODE, "a schema is wrong").at(at, wrong.message);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}
