//! `function api.get(req, res) res.send("hi") end`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::instead;

pub(super) const CODE: Code = code!(Error, "R0404", "a second parameter of a handler");

/// Where it is used, and where it stands.
pub(crate) fn used(at: Position, declared: Position, name: &str) -> Diagnostic {
    let help = match name {
        "req" | "request" => instead::word(name).unwrap_or(instead::answer()),
        _ => instead::answer(),
    };
    let message = format!("a handler is given `ctx` and nothing else: `{name}` is nil");
    Diagnostic::new(CODE, message)
        .at(at, "used here")
        .at(declared, "the second parameter")
        .help(help)
}
