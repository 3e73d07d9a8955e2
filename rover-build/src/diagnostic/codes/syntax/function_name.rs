//! `function api["user-list"].get(ctx)`, `local function api.get()`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0014", "a name that a function cannot have");

/// `function name["a"](parameters)`, by what stands before the parentheses and in them.
pub(crate) fn key(at: usize, name: &str, parameters: &str) -> Diagnostic<usize> {
    not_dotted(at).help(format!("write `{name} = function{parameters}) ... end`"))
}

/// `function api.users.:id.get(ctx)`
pub(crate) fn parameter(at: usize) -> Diagnostic<usize> {
    not_dotted(at)
        .help("a parameter of the path is a name with `p_`: `function api.users.p_id.get(ctx)`")
}

/// `function api.user-list.get(ctx)`
pub(crate) fn dash(at: usize) -> Diagnostic<usize> {
    not_dotted(at)
        .help("a name with a dash is a key: `api[\"user-list\"].get = function(ctx) ... end`")
}

/// `function api/users.get(ctx)`
pub(crate) fn slash(at: usize) -> Diagnostic<usize> {
    not_dotted(at).help("a path is written with dots: `function api.users.list.get(ctx)`")
}

fn not_dotted(at: usize) -> Diagnostic<usize> {
    let message = "a function's name is names with dots between";
    Diagnostic::new(CODE, message).at(at, "not possible here")
}

/// `local function api.get()`
pub(crate) fn local_path(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a local function has a name without dots")
        .at(at, "this makes it local")
        .help("leave `local` out: what it belongs to is there already")
}
