//! SQL that cannot be read.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::diagnostic::sql_text::{Place, in_text};

pub(super) const CODE: Code = code!(Error, "R1004", "SQL that cannot be read");

/// With what the database says.
pub(crate) fn error(place: &Place, said: &str) -> Diagnostic {
    in_text(
        CODE,
        place,
        format!("this SQL cannot be read: {said}"),
        "here",
    )
}

/// As SQLite says it: `near "from": syntax error`.
pub(crate) fn unexpected(
    place: &Place,
    said: &str,
    meant: Option<&str>,
    behind_comma: bool,
) -> Diagnostic {
    let token = said.strip_prefix("near \"");
    let token = token.and_then(|rest| rest.strip_suffix("\": syntax error"));
    let found = match token {
        Some(token) => error(place, &format!("`{token}` is not expected here")),
        None => error(place, said),
    };
    match meant {
        Some(meant) => found.help(did_you_mean(meant)),
        None if behind_comma => found.help("there is a comma before it"),
        None => found,
    }
}

/// What is no single statement with places for values.
pub(crate) fn no_statement(place: &Place, said: &str) -> Diagnostic {
    let found = in_text(CODE, place, format!("this is no statement: {said}"), "here");
    match said.starts_with("a second statement") {
        true => found
            .help("give each to a call of its own, in `db:transaction` where they belong together"),
        false => found,
    }
}

/// An empty text.
pub(crate) fn nothing(place: &Place) -> Diagnostic {
    in_text(
        CODE,
        place,
        "there is no statement in this text".to_owned(),
        "it is empty",
    )
}

/// A place as other libraries write it.
pub(crate) fn foreign_place(place: &Place, written: &str) -> Diagnostic {
    let message = format!("`{written}` is no place for a value");
    let help = "write `$1`, `$2` with the values behind the text, or `:name` with one table";
    in_text(CODE, place, message, "not known").help(help)
}
