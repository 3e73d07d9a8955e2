//! `api.users.get = {}`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0202", "a handler that is not a function");

/// With what it is, and the method that is to be shown.
pub(crate) fn not_a_function(at: Position, kind: &str, method: &str) -> Diagnostic {
    let message = format!("a route's handler is a function, not {kind}");
    Diagnostic::new(CODE, message)
        .at(at, "assigned here")
        .help(format!("write `function api.path.{method}(ctx) ... end`"))
}
