//! `api.jsn { }`, `api.text("x"):heder("a", "b")`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::nearest_or_all;
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::instead;

pub(super) const CODE: Code = code!(
    Error,
    "R0501",
    "a function that neither servers nor answers have"
);

/// `api.jsn { }`
pub(crate) fn unknown(at: Position, name: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::new(CODE, format!("the server has no function `{name}`"))
        .at(at, "not known")
        .help(match instead::of_server(name) {
            Some(help) => help.to_owned(),
            None => nearest_or_all(name, known.iter().copied()),
        })
}

/// `api.json:statuss(201, value)`
pub(crate) fn unknown_member(
    at: Position,
    builder: &str,
    name: &str,
    known: &[&str],
) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{builder}` has no member `{name}`"))
        .at(at, "not known")
        .help(nearest_or_all(name, known.iter().copied()))
}
