//! Two functions for one method of one path.

use std::fmt;

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0207", "a route that is defined twice");

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
