//! A field that a checked value never has.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::nearest_or_all;
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0603", "a field that the schema does not have");

pub(crate) fn unknown<'a>(
    at: Position,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let message = format!("the schema has no field `{name}`, so it is always nil");
    Diagnostic::new(CODE, message)
        .at(at, "not known")
        .help(nearest_or_all(name, known))
}
