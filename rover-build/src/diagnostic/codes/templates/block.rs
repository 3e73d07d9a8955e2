//! `{{ if x then }}` without `{{ end }}`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0706",
    "a block of a template without its end, or without its beginning"
);

/// With its first word, and what closes it.
pub(crate) fn not_closed(at: usize, word: &str, close: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`{word}` without `{close}`"))
        .at(at, "it begins here")
        .help(format!("close it with `{close}`"))
}

/// `end` or `until`
pub(crate) fn stray_end(at: usize, word: &str) -> Diagnostic<usize> {
    without_beginning(at, word, "nothing is open here")
}

/// `else` or `elseif`
pub(crate) fn stray_arm(at: usize, word: &str) -> Diagnostic<usize> {
    without_beginning(at, word, "it belongs to no `if`")
}

fn without_beginning(at: usize, word: &str, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`{word}` without its beginning")).at(at, label)
}

pub(crate) fn stray_break(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "`break` outside of a loop").at(at, "here")
}
