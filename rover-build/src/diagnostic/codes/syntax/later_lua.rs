//! `local a <const> = 1`, `local n: number`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0015",
    "an attribute or a type, which this Lua does not have"
);

/// `<const>`
pub(crate) fn attribute(at: usize, name: &str) -> Diagnostic<usize> {
    let message = format!("locals have no `<{name}>` in this Lua");
    let mistake = Diagnostic::new(CODE, message).at(at, "this is of Lua 5.4");
    mistake.help(match name {
        "close" => "leave `<close>` out, and close the value where it is not needed any more",
        _ => "leave it out: `local name = value`",
    })
}

/// `: number`
pub(crate) fn annotation(at: usize, kind: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "Lua has no types for variables")
        .at(at, "a type")
        .help(format!("leave `: {kind}` out"))
}
