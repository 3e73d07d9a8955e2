//! `[1, 2]`, `list[] = value`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0012", "a list in brackets");

/// `[]`
pub(crate) fn empty(at: usize) -> Diagnostic<usize> {
    in_brackets(at).help("an empty list is `{}`")
}

/// `[1, 2]`
pub(crate) fn filled(at: usize) -> Diagnostic<usize> {
    in_brackets(at).help("write braces: `{ 1, 2, 3 }`")
}

fn in_brackets(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a list is not written with brackets").at(at, "not a list")
}

/// `list[]`
pub(crate) fn index_missing(at: usize, list: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "an index is missing")
        .at(at, "between these")
        .help(format!(
            "a value is added to a list with `{list}[#{list} + 1] = value`"
        ))
}
