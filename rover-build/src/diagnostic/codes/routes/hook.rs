//! `api.before = "auth"`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0212", "a hook that is not a function");

/// With what it is, and what it is assigned to.
pub(crate) fn not_a_function(at: Position, kind: &str, chain: &str) -> Diagnostic {
    let message = format!("a hook is a function, not {kind}");
    Diagnostic::new(CODE, message)
        .at(at, "assigned here")
        .help(format!(
            "write `function api.{chain}({}) ... end`, or a list of functions: `api.{chain} = {{ first, second }}`",
            parameters(chain)
        ))
}

/// What such a hook is given.
pub(super) fn parameters(chain: &str) -> &'static str {
    match chain {
        "after" => "ctx, response",
        _ => "ctx",
    }
}
