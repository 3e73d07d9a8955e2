//! `function api.p_id.p_id.get(ctx)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0205", "a parameter that stands twice in a path");

pub(crate) fn parameter(second: Position, first: Position, name: &str) -> Diagnostic {
    let message = format!("the parameter `{name}` stands twice in one path");
    Diagnostic::new(CODE, message)
        .at(second, "second time")
        .at(first, "first time")
        .help("give one of them another name")
}
