//! `/users/{id}` beside `/users/{user}/posts`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0208", "two names for one parameter");

/// A place of a path with the names that it has there.
pub(crate) struct NameAt<'a> {
    pub(crate) at: Position,
    pub(crate) name: &'a str,
}

pub(crate) fn parameter(new: NameAt<'_>, old: NameAt<'_>) -> Diagnostic {
    two_names("one parameter", new, old)
}

/// `rest_a` beside `rest_b`
pub(crate) fn rest(new: NameAt<'_>, old: NameAt<'_>) -> Diagnostic {
    two_names("the rest of a path", new, old)
}

fn two_names(what: &str, new: NameAt<'_>, old: NameAt<'_>) -> Diagnostic {
    let message = format!("two names for {what}: `{}` and `{}`", old.name, new.name);
    Diagnostic::new(CODE, message)
        .at(new.at, "here")
        .at(old.at, "and here")
        .help("use one name at each level")
}
