//! `api.on_error` that takes its arguments as other servers give them.

use crate::analyse::handlers::Handler;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::requests::on_error;
use crate::front::file::File;
use crate::vocabulary::{self, CTX};

/// What people call an error.
const ERRORS: [&str; 11] = [
    "e",
    "err",
    "error",
    "ex",
    "exc",
    "exception",
    "failure",
    "message",
    "msg",
    "problem",
    "reason",
];

/// `function api.on_error(err)`, `function api.on_error(err, ctx)`: the first argument is the
/// `ctx`, so that everything the function does with it would fail.
pub(super) fn error_first(file: &File, handler: &Handler<'_>) -> Option<Diagnostic> {
    let name = |at: usize| {
        let param = handler.function.params.get(at)?;
        Some(file.hir.vars[*param].name.as_str())
    };
    let (first, second) = (name(0)?, name(1));
    let known = |name: &str| vocabulary::word(CTX, name).is_some();
    let members = || handler.ctx.members.iter();
    // A `ctx` by another name is used as one.
    if handler.function.variadic || members().any(|member| known(&member.name)) {
        return None;
    }
    let swapped = second == Some("ctx");
    let alone = second.is_none();
    let named = ERRORS.contains(&first);
    if !(swapped && named || alone && (named || members().next().is_some())) {
        return None;
    }
    let at = file.hir.vars[*handler.function.params.first()?].start;
    let error = if named { first } else { "err" };
    Some(on_error::error_first(file.position(at), error))
}
