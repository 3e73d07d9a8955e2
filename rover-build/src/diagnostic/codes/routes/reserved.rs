//! `function api.json.get()`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(
    Error,
    "R0203",
    "a path that begins with a word of the server's own"
);

pub(crate) fn first_segment(at: Position, segment: &str) -> Diagnostic {
    let message = format!("`{segment}` is reserved at the top level of the server");
    Diagnostic::new(CODE, message)
        .at(at, "cannot begin a path")
        .help("choose another first segment, or put this one deeper in the path")
}
