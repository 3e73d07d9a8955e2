//! `ctx.query.page`, `ctx:method()`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(
    Error,
    "R0402",
    "a part of a request that is called wrong, or not called"
);

/// How a method is called.
pub(crate) enum Call<'a> {
    /// Without arguments, and with this behind it.
    Plain(&'a str),
    /// With arguments.
    WithArguments,
}

/// `ctx.query`, which is to be called.
pub(crate) fn missing(at: Position, ctx: &str, name: &str, call: &Call<'_>) -> Diagnostic {
    let message = format!("`{ctx}.{name}` is a function, not a table");
    Diagnostic::new(CODE, message)
        .at(at, "it is not called")
        .help(match call {
            Call::Plain(rest) => format!("write `{ctx}:{name}(){rest}`"),
            Call::WithArguments => format!("call it: `{ctx}:{name}(...)`"),
        })
}

/// `ctx:method()`
pub(crate) fn of_value(at: Position, ctx: &str, name: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{name}` is a value, not a function"))
        .at(at, "called here")
        .help(format!("write `{ctx}.{name}`"))
}
