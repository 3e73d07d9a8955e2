//! What other Luas and other servers have, and what is planned.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0801", "what this version does not have");

/// `rover.server { cors = true }`
pub(crate) fn option(at: Position, name: &str) -> Diagnostic {
    said(&format!("the option `{name}` is")).at(at, "this option")
}

/// `function api.chat.ws(ctx)`
pub(crate) fn endpoint(at: Position, kind: &str) -> Diagnostic {
    said(&format!("`{kind}` endpoints are")).at(at, "defined here")
}

/// `function api.before(ctx)`
pub(crate) fn hook(at: Position, name: &str) -> Diagnostic {
    word(name).at(at, "defined here")
}

/// `ctx:session()`
pub(crate) fn of_ctx(at: Position, ctx: &str, name: &str) -> Diagnostic {
    word(&format!("{ctx}.{name}"))
        .at(at, "not known")
        .help("values of a request are kept with `set(key, value)` and `get(key)`")
}

/// `api.stream(...)`
pub(crate) fn builder(at: Position, name: &str) -> Diagnostic {
    word(name).at(at, "called here")
}

/// A word that the chunk calls, with what is there instead.
pub(crate) fn in_chunk<At>(at: At, name: &str, instead: &str) -> Diagnostic<At> {
    word(name).at(at, "called here").help(instead)
}

/// A word that a handler comes to, with what is there instead.
pub(crate) fn in_handler(at: Position, name: &str, instead: &str) -> Diagnostic {
    word(name).at(at, "a handler comes to it").help(instead)
}

/// A word that a handler comes to, and that is to be.
pub(crate) fn planned(at: Position, name: &str) -> Diagnostic {
    in_handler(at, name, "it is planned, and not there yet")
}

fn word<At>(name: &str) -> Diagnostic<At> {
    said(&format!("`{name}` is"))
}

fn said<At>(what: &str) -> Diagnostic<At> {
    Diagnostic::new(CODE, format!("{what} not available in this version"))
}
