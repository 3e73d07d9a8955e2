//! `!=`, `+=`, `&&`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0002", "an operator that Lua does not have");

/// Operators of other languages: what is written, what Lua does not have, how to write it.
const OPERATORS: [(&str, &str, &str); 19] = [
    ("!==", "`!==`", "not equal is `~=`"),
    ("!=", "`!=`", "not equal is `~=`"),
    ("!", "`!`", "write `not`: `if not x then`"),
    ("===", "`===`", "equal is `==`"),
    ("&&", "`&&`", "write `and`"),
    ("||", "`||`", "write `or`"),
    (
        "=>",
        "arrow functions",
        "write `function(x) return ... end`",
    ),
    (
        "->",
        "`->`",
        "a function is `function(x) ... end`; a member is `a.b`, a method `a:b()`",
    ),
    (":=", "`:=`", "write `local name = value`"),
    (
        "??",
        "`??`",
        "write `or`: `a or b` is `b` where `a` is nil or false",
    ),
    ("?.", "`?.`", "write `a and a.b`"),
    (
        "?",
        "`? :`",
        "write `condition and a or b`, where `a` is neither nil nor false; or use `if`",
    ),
    ("**", "`**`", "a power is `a ^ b`"),
    ("<<", "`<<` here", "write `bit.lshift(a, n)`"),
    (">>", "`>>` here", "write `bit.rshift(a, n)`"),
    ("<>", "`<>`", "not equal is `~=`"),
    ("&", "`&` here", "write `bit.band(a, b)`"),
    ("|", "`|` here", "write `bit.bor(a, b)`"),
    (
        "~",
        "`~` here",
        "write `bit.bxor(a, b)` or `bit.bnot(a)`; not equal is `~=`",
    ),
];

/// The first operator that stands at a place.
pub(crate) fn foreign(at: usize, stands: impl Fn(&str) -> bool) -> Option<Diagnostic<usize>> {
    let (_, what, help) = OPERATORS.iter().find(|(written, ..)| stands(written))?;
    Some(not_known(at, what).help(*help))
}

/// `n++`
pub(crate) fn increment(at: usize, name: &str) -> Diagnostic<usize> {
    not_known(at, "`++`").help(format!("write `{name} = {name} + 1`"))
}

/// `n--`, which is `n` and a comment.
pub(crate) fn decrement(at: usize, name: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "Lua has no `--` for numbers")
        .at(at, "a comment begins here")
        .help(format!("write `{name} = {name} - 1`"))
}

/// `name += value`, with the operator as it is written, and as Lua has it.
pub(crate) fn assignment(
    at: usize,
    written: &str,
    name: &str,
    operator: &str,
    value: &str,
) -> Diagnostic<usize> {
    not_known(at, &format!("`{written}=`"))
        .help(format!("write `{name} = {name} {operator} {value}`"))
}

fn not_known(at: usize, what: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("Lua has no {what}")).at(at, "not known to Lua")
}
