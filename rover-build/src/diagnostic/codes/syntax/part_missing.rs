//! A word, a name or a bracket that the parser expects, and something else stands there.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0018", "a part of a statement that is missing");

/// A word, with what the parser says.
pub(crate) fn word(at: usize, missing: &str, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`{missing}` is missing")).at(at, label)
}

/// `for a, b do`
pub(crate) fn in_of_loop(at: usize) -> Diagnostic<usize> {
    word(at, "in", "expected here")
        .help("write `for key, value in pairs(t) do ... end` or `for i = 1, 10 do ... end`")
}

/// A name, with what the parser says.
pub(crate) fn name(at: usize, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a name is missing")
        .at(at, label)
        .help(
            "a name has letters, digits and `_`, begins with no digit, and is no word of Lua itself",
        )
}

/// What a function is made of, with what the parser says.
pub(crate) fn function(at: usize, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a function is not complete")
        .at(at, label)
        .help("write `function(a, b) ... end`")
}

/// `a:b`
pub(crate) fn call(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a call is missing")
        .at(at, "expected behind this")
        .help("`a:b()` calls a function of `a`; a field is read with `a.b`")
}

/// `function(1)`
pub(crate) fn parameter(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "this is no parameter")
        .at(at, "here")
        .help("parameters are names with `,` between; `...` may be the last")
}

/// `f(a b)`
pub(crate) fn argument(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "an argument is wrong, or the call is not closed")
        .at(at, "expected `,` or `)` here")
        .help("arguments stand between `(` and `)`, with `,` between")
}
