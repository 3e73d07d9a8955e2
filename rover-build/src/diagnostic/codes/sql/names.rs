//! Names that a database does not have.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::{did_you_mean, nearest_or_all};
use crate::diagnostic::sql_text::{Place, in_text};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R1005", "a name that the database does not have");

/// A table, with those that the migrations make.
pub(crate) fn table(place: &Place, name: &str, known: &[String]) -> Diagnostic {
    let message = format!("the database has no table `{name}`");
    let found = in_text(CODE, place, message, "no migration makes it");
    match known.is_empty() {
        true => found.help("the migrations make no table"),
        false => found.help(nearest_or_all(name, known.iter().map(String::as_str))),
    }
}

/// A column, with those of the tables that the statement names.
pub(crate) fn column(place: &Place, name: &str, tables: &[String], known: &[String]) -> Diagnostic {
    let (message, label) = match tables {
        [only] => (
            format!("the table `{only}` has no column `{name}`"),
            "not one of its columns",
        ),
        _ => (
            format!("there is no column `{name}` here"),
            "not one of the tables' columns",
        ),
    };
    let found = in_text(CODE, place, message, label);
    match known.is_empty() {
        true => found,
        false => found.help(nearest_or_all(name, known.iter().map(String::as_str))),
    }
}

/// What stands before a dot, with the tables that the query has.
pub(crate) fn relation(place: &Place, name: &str, known: &[String]) -> Diagnostic {
    let message = format!("there is no table `{name}` in this query");
    let found = in_text(CODE, place, message, "not one of its tables");
    match known.is_empty() {
        true => found,
        false => found.help(nearest_or_all(name, known.iter().map(String::as_str))),
    }
}

/// A column that two of the tables have.
pub(crate) fn ambiguous(place: &Place, name: &str, tables: &[String]) -> Diagnostic {
    let message = format!("the column `{name}` may be of several tables");
    let found = in_text(CODE, place, message, "of which one?");
    match tables.first() {
        Some(table) if !name.contains('.') => found.help(format!("say which: `{table}.{name}`")),
        _ => found,
    }
}

/// A function, with those that the database has.
pub(crate) fn function(place: &Place, name: &str, known: &[String]) -> Diagnostic {
    let message = format!("the database has no function `{name}`");
    let found = in_text(CODE, place, message, "not known");
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => found.help(did_you_mean(near)),
        None => found,
    }
}
