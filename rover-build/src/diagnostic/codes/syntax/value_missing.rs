//! Nothing where a value must stand.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0017", "nothing where a value must stand");

pub(crate) fn behind_operator(at: usize) -> Diagnostic<usize> {
    value(at, "expected behind this operator")
        .help("an operator such as `+`, `..` or `or` has a value on both sides")
}

/// `local a =`
pub(crate) fn of_assignment(at: usize) -> Diagnostic<usize> {
    value(at, "expected behind this `=`").help("write `name = value`")
}

/// `{ a = }`
pub(crate) fn of_field(at: usize) -> Diagnostic<usize> {
    value(at, "expected behind this `=`").help("write `name = value`, or `nil` for nothing")
}

/// Elsewhere, with what the parser says.
pub(crate) fn said(at: usize, label: &str) -> Diagnostic<usize> {
    value(at, label).help(
        "a value is a name, a number, a text in quotes, a table in braces, a call, or `nil` for \
         nothing",
    )
}

fn value(at: usize, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a value is missing").at(at, label)
}

/// `if then`, with what the parser says.
pub(crate) fn condition(at: usize, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a condition is missing")
        .at(at, label)
        .help("write `if condition then ... end`")
}
