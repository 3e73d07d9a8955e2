//! `if rover.env.DEBUG then api.debug.get = ... end`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0210", "a route that depends on the environment");

/// A route or hook that depends on the environment.
pub(crate) struct Route<'a> {
    /// What it is assigned to, without the server's name.
    pub(crate) key: &'a str,
    /// It is there always, and its function is not.
    pub(crate) is_there: bool,
    /// Where it is defined.
    pub(crate) position: Position,
    /// What decides, as far as one alone does.
    pub(crate) variable: Option<Variable<'a>>,
}

/// A variable that decides.
pub(crate) struct Variable<'a> {
    pub(crate) name: &'a str,
    /// What reads it, if that can be written anywhere: `rover.env.DEBUG`.
    pub(crate) written: Option<String>,
    /// Where it is declared or read.
    pub(crate) position: Position,
}

/// By a word of `rover`.
pub(crate) fn decides(route: Route<'_>) -> Diagnostic {
    let message = format!("`api.{}` depends on the environment", route.key);
    told(Diagnostic::new(CODE, message), route)
}

/// Whether something runs beside the functions of routes: `before`, `admin.before.auth`.
fn is_hook(key: &str) -> bool {
    key.split('.')
        .any(|part| matches!(part, "before" | "after"))
}

/// Adds where that is, and what to write instead.
pub(super) fn told(diagnostic: Diagnostic, route: Route<'_>) -> Diagnostic {
    let Route { is_there, .. } = route;
    let what = match is_there {
        true => "with another function in some environments",
        false => "in some environments only",
    };
    let diagnostic = diagnostic.at(route.position.clone(), what);
    let mut condition = "...".to_owned();
    let mut diagnostic = diagnostic;
    if let Some(Variable {
        name,
        written,
        position,
    }) = route.variable
    {
        if (position.line, &position.file) != (route.position.line, &route.position.file) {
            diagnostic = diagnostic.at(position, format!("`{name}` decides"));
        }
        condition = written.unwrap_or(condition);
    }
    let instead = match is_there {
        true => format!("Write one function that decides when it is called: `if {condition} then`"),
        false if is_hook(route.key) => format!(
            "Define it always, and decide in its function: `if not {condition} then return end`"
        ),
        false => format!(
            "Define it always, and decide in its function: \
             `if not {condition} then return api.error(404, \"Not Found\") end`"
        ),
    };
    diagnostic.help(format!(
        "routes are compiled, so they are the same wherever the program runs. {instead}"
    ))
}
