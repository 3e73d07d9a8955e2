//! What is no statement.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0019", "what is no statement");

/// `ctx.path` on a line of its own.
pub(crate) fn value_alone(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a value alone is no statement")
        .at(at, "nothing is done with this")
        .help("assign it (`local x = ...`), return it, or call it: `f()`")
}

pub(crate) fn begins_wrong(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a statement cannot begin like this")
        .at(at, "here")
        .help(
            "a statement assigns (`x = 1`), calls (`f()`), or begins with a word such as `local`, \
             `if`, `return`",
        )
}
