//! `deadlines = { ["GET /nowhere"] = "1s" }`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0304", "an option for a route that is not there");

pub(crate) fn unknown<'a>(
    at: Position,
    option: &str,
    route: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let help = match nearest(route, known) {
        Some(near) => did_you_mean(near),
        None => "a route is written as `GET /users/{id}`".to_owned(),
    };
    Diagnostic::new(CODE, format!("there is no route `{route}`"))
        .at(at, format!("named in `{option}`"))
        .help(help)
}
