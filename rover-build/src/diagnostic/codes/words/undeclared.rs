//! A global that only a handler writes.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Warning, "R0806", "a global that nothing declares");

pub(crate) fn global(at: Position, name: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{name}` is a global that nothing declares"))
        .at(
            at,
            "one request writes it, the next on this worker reads it",
        )
        .help(format!(
            "write `local {name}`, or declare it outside of functions: `{name} = nil`"
        ))
}
