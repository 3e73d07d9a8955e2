//! `rover.server(8080)`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0301", "options that are not a table");

/// With the message that the call raised.
pub(crate) fn options<At>(at: At, raised: &str) -> Diagnostic<At> {
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help("write `rover.server { port = 8080 }`")
}
