//! `rover.server { port = "many" }`

use std::fmt;

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0303", "a value that an option does not take");

/// With what the option says to it.
pub(crate) fn wrong(at: Position, said: impl fmt::Display) -> Diagnostic {
    Diagnostic::new(CODE, said.to_string()).at(at, "this option")
}

/// In the table of `deadlines` or `body_limits`.
pub(crate) fn wrong_for_route(at: Position, option: &str, said: impl fmt::Display) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{option}`: {said}")).at(at, "of this route")
}

/// In a table such as `cors`.
pub(crate) fn wrong_field(
    at: Position,
    option: &str,
    field: &str,
    said: &str,
    help: &str,
) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{option}.{field}`: {said}"))
        .at(at, "this field")
        .help(help)
}

/// The same without the field.
pub(crate) fn missing_field(at: Position, option: &str, field: &str, help: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{option}` has no `{field}`"))
        .at(at, "here")
        .help(format!("say {help}"))
}

/// In a list such as `trusted_proxies`, with how the item is written.
pub(crate) fn wrong_item(at: Position, option: &str, said: &str, help: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{option}`: {said}"))
        .at(at, "this item")
        .help(help)
}
