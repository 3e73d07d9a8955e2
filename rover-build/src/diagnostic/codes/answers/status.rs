//! `api.text("x"):status(100)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0503", "a status that no answer can have");

/// The number as it is written.
pub(crate) fn of_no_answer(at: Position, digits: &str, number: f64) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{digits}` is not the status of an answer"))
        .at(at, "not an answer's status")
        .help(match (100.0..200.0).contains(&number) {
            true => {
                "1xx only announces another answer, which the server does by itself: use 200 to 599"
            }
            false => "a status is an integer from 200 to 599",
        })
}
