//! A migration that its database does not take.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::nearest_or_all;
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R1003", "a migration that the database refuses");

/// With what the database says, and the names that may be meant.
pub(crate) fn by(
    at: Position,
    database: &str,
    said: &str,
    name: Option<(&str, Vec<String>)>,
) -> Diagnostic {
    let message = format!("{database} refuses the migration: {said}");
    let found = Diagnostic::new(CODE, message).at(at, "here");
    match name {
        Some((name, known)) if !known.is_empty() => {
            found.help(nearest_or_all(name, known.iter().map(String::as_str)))
        }
        _ => found.help("each file is applied in a transaction, after those with lower numbers"),
    }
}
