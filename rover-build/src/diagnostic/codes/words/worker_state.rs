//! State that handlers write, and that every worker has for itself.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Warning, "R0807", "state that is one worker's own");

/// What says that it is meant, above the declaration.
pub(crate) const MEANT: &str = "rover: per-worker";

pub(crate) fn written(at: Position, name: &str, declared: &Position) -> Diagnostic {
    let line = match declared.file == at.file {
        true => format!("line {}", declared.line),
        false => format!("{}:{}", declared.file, declared.line),
    };
    let message = format!(
        "`{name}` is one worker's own: requests that another worker answers do not see what is \
         written here"
    );
    Diagnostic::new(CODE, message).at(at, "").help(format!(
        "keep it in a store of all workers, `rover.shared \"name\"`, or write `workers = 1` in rover.server, \
         or, where it is meant, `-- {MEANT}` above its declaration, {line}"
    ))
}
