//! Statements behind `return` or `break`.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0020",
    "a statement behind the `return` of its block"
);

/// What stands behind the last statement, which begins with this word at `last`.
pub(crate) fn behind(at: usize, word: &str, last: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("nothing can follow `{word}` in its block"))
        .at(at, "this would never run")
        .at(last, "the block ends with this")
        .help(match word {
            "return" => "put it before the `return`; several values are returned with `,` between",
            _ => "put it before the `break`",
        })
}
