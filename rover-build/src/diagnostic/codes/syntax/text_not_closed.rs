//! A string or a comment that has no end.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0006", "a string or a comment that is not closed");

/// `"text` and the end of the line.
pub(crate) fn string(at: usize, quote: char) -> Diagnostic<usize> {
    mistake(at, "string").help(format!(
        "close it with `{quote}` on its line; a text of several lines is written `[[ ... ]]`"
    ))
}

/// `[[text` or `--[[text`, by what it is, and what closes it.
pub(crate) fn long(at: usize, what: &str, close: &str) -> Diagnostic<usize> {
    mistake(at, what).help(format!("close it with `{close}`"))
}

fn mistake(at: usize, what: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("the {what} is not closed")).at(at, "it begins here")
}
