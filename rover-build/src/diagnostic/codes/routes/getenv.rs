//! `if os.getenv "DEBUG" then api.debug.get = ... end`

use super::environment::{Route, told};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Warning, "R0211", "a route that only some environments have");

/// By `os.getenv`: the program starts where that gives nothing.
pub(crate) fn may_decide(route: Route<'_>) -> Diagnostic {
    let message = format!(
        "`api.{}` depends on the environment: the program starts only where it is as in the build",
        route.key
    );
    told(Diagnostic::new(CODE, message), route)
}
