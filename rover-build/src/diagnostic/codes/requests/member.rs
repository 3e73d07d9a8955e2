//! `ctx:headerz()`, `ctx:body().title`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::nearest_or_all;
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0401", "a part that a request does not have");

/// `ctx:headerz()`
pub(crate) fn of_ctx<'a>(
    at: Position,
    ctx: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let message = format!("`{ctx}` has no member `{name}`");
    unknown(at, message).help(nearest_or_all(name, known))
}

/// `ctx.path = "/"`
pub(crate) fn of_ctx_set(at: Position, ctx: &str, name: &str) -> Diagnostic {
    let message = format!("`{ctx}.{name}` is the request's own and cannot be set");
    Diagnostic::new(CODE, message)
        .at(at, "set here")
        .help("choose another name for what the program keeps with the request")
}

/// `ctx:body():jsn()`
pub(crate) fn method_of_body(at: Position, name: &str, known: &[&str]) -> Diagnostic {
    of_body(at, name).help(nearest_or_all(name, known.iter().copied()))
}

/// `ctx:body().title`
pub(crate) fn field_of_body(at: Position, name: &str, known: &[&str]) -> Diagnostic {
    of_body(at, name).help(match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `:{near}()`?"),
        None => format!("read it first: `:json().{name}`, or `:form().{name}`"),
    })
}

fn of_body(at: Position, name: &str) -> Diagnostic {
    unknown(at, format!("the body has no member `{name}`"))
}

fn unknown(at: Position, message: String) -> Diagnostic {
    Diagnostic::new(CODE, message).at(at, "not known")
}
