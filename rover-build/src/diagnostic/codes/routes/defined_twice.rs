//! Two functions for one method of one path.

use std::fmt;

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0207", "a route that is defined twice");

/// `api.cors = { ... }` beside the option `cors`.
pub(crate) fn policy(new: Position, old: Position, path: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("`cors` of {path} is defined twice"))
        .at(new, "here")
        .at(old, "and here")
}

pub(crate) fn route(
    new: Position,
    old: Position,
    method: impl fmt::Display,
    pattern: &str,
) -> Diagnostic {
    Diagnostic::new(CODE, format!("{method} {pattern} is defined twice"))
        .at(new, "here")
        .at(old, "and here")
}
