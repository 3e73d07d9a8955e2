//! `ctx:body().json()`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0803", "a dot where a colon must stand");

/// What a method belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    Body,
    Query,
    Params,
    Response,
    Schema,
}

pub(crate) fn method(at: Position, name: &str, owner: Owner) -> Diagnostic {
    let what = match owner {
        Owner::Body => "the body",
        Owner::Query => "the query",
        Owner::Params => "the path's parameters",
        Owner::Response => "a response",
        Owner::Schema => "a schema",
    };
    Diagnostic::new(CODE, format!("`{name}` of {what} is called with a colon"))
        .at(at, "a dot stands before it")
        .help(format!("write `:{name}(...)`"))
}
