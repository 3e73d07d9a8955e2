//! `return value, 201`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0506", "a handler that returns several values");

const MESSAGE: &str = "a handler answers with one value";
const LOST: &str = "this one is lost";

/// The values as they are written, where that is short.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) first: Option<&'a str>,
    pub(crate) second: Option<&'a str>,
    /// The first is nil or false.
    pub(crate) nothing: bool,
    /// The second is a status.
    pub(crate) status: bool,
}

/// Where the second stands.
pub(crate) fn values(second: Position, values: Values<'_>) -> Diagnostic {
    Diagnostic::new(CODE, MESSAGE)
        .at(second, LOST)
        .help(instead(values))
}

/// Where a function is called that gives several, and where it does so.
pub(crate) fn of_helper(call: Position, second: Position, values: Values<'_>) -> Diagnostic {
    let instead = instead(values);
    Diagnostic::new(CODE, MESSAGE)
        .at(
            call,
            "this function may give several, of which the first is answered",
        )
        .at(second, LOST)
        .help(format!(
            "{instead}; where the others are not wanted, put the call in parentheses"
        ))
}

fn instead(values: Values<'_>) -> String {
    let Values { first, second, .. } = values;
    match (values.nothing, values.status) {
        (true, true) => format!("write `api.error({}, message)`", second.unwrap_or("status")),
        (true, false) => format!(
            "write `api.error(status, {})`, with a status such as 404",
            second.unwrap_or("message")
        ),
        (false, true) => format!(
            "write `api.json:status({}, {})`",
            second.unwrap_or("status"),
            first.unwrap_or("value")
        ),
        (false, false) => "return one value; a table, `return { a = 1, b = 2 }`, holds several, \
                           and headers are set with `api.json(value):header(name, value)`"
            .to_owned(),
    }
}
