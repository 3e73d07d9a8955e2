//! `function api.on_error(err)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0405", "an `on_error` that takes the error first");

/// With the name of the error.
pub(crate) fn error_first(at: Position, error: &str) -> Diagnostic {
    Diagnostic::new(CODE, "`on_error` is given `ctx` and the error")
        .at(at, "this is the `ctx`")
        .help(format!("write `function api.on_error(ctx, {error})`"))
}
