//! `api.get("/users/:id", function(ctx) ... end)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::instead;

pub(super) const CODE: Code = code!(Error, "R0209", "a route that is registered by a call");

/// With the definition that it should be, if its path can be one.
pub(crate) fn by_call(at: Position, definition: Option<&str>) -> Diagnostic {
    Diagnostic::new(CODE, "a route is not registered by a call")
        .at(at, "called here")
        .help(match definition {
            Some(target) => format!("a route is a function in its path's place: `{target}`"),
            None => instead::route().to_owned(),
        })
}
