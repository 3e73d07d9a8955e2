//! A manifest that does not end with `return api`.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0107", "a manifest that does not return its server");

/// With what it returned, and whether it has made a server.
pub(crate) fn manifest(at: Position, returned: &str, made: bool) -> Diagnostic {
    Diagnostic::new(CODE, "the manifest does not return the server")
        .at(at, format!("this returned {returned}"))
        .help(match made {
            true => "end the file with `return api`, the value of rover.server { ... }",
            false => {
                "make one with `local api = rover.server {}`, and end the file with `return api`"
            }
        })
}
