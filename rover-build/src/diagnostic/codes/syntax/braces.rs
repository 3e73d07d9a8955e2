//! `function f() { }`, `for (i = 1, 10)`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0010", "a block or a loop as in C");

pub(crate) fn around_block(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a block is not written in braces")
        .at(at, "not a block")
        .help("a block ends with `end`: `function f() ... end`, `if c then ... else ... end`")
}

/// `for (`
pub(crate) fn loop_in_parentheses(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a `for` has no parentheses")
        .at(at, "not known here")
        .help("write `for i = 1, 10 do ... end` or `for key, value in pairs(t) do ... end`")
}
