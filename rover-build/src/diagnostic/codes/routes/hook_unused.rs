//! `function api.admin.before(ctx)` where all routes are elsewhere

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Warning, "R0214", "a hook that no route is below");

pub(crate) fn hook(at: Position, chain: &str, path: &str) -> Diagnostic {
    let message = format!("the hook `{chain}` of {path} never runs");
    Diagnostic::new(CODE, message)
        .at(at, "no route is at this path or below")
        .help("a hook runs for the routes at its own path and below, by the same keys: `api.admin.before` for `api.admin.users.get`")
}
