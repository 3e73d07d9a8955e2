//! Values that do not fit a statement's places.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::diagnostic::sql_text::{Place, in_text};
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(
    Error,
    "R1006",
    "values that do not fit a statement's places"
);

/// `$2`, where one value is given.
pub(crate) fn too_few(place: &Place, number: usize, given: usize) -> Diagnostic {
    let given = match given {
        0 => "no value is".to_owned(),
        1 => "one value is".to_owned(),
        more => format!("{more} values are"),
    };
    let message = format!("`${number}` has no value: {given} given beside the statement");
    in_text(CODE, place, message, "nothing is given for it")
        .help("the first value behind the text is `$1`; `rover.null` is `NULL`")
}

/// A row of more or fewer values than columns are named.
pub(crate) fn count(place: &Place, values: usize, columns: usize) -> Diagnostic {
    let number = |count: usize, what: &str| match count {
        1 => format!("one {what}"),
        more => format!("{more} {what}s"),
    };
    let (values, columns) = (number(values, "value"), number(columns, "column"));
    let message = format!("this row has {values} for {columns}");
    in_text(CODE, place, message, "here")
}

/// A value that the type of its place does not take.
pub(crate) fn unfit(at: Position, place: &str, kind: &str, given: &str) -> Diagnostic {
    let message = format!("`{place}` is of the type {kind}, which does not take {given}");
    Diagnostic::new(CODE, message).at(at, "this value")
}

/// A row without a column that must have a value.
pub(crate) fn lacking(at: Position, column: &str, table: &str) -> Diagnostic {
    let message = format!("this row of `{table}` has no value for `{column}`");
    Diagnostic::new(CODE, message)
        .at(at, format!("without `{column}`"))
        .help("the column takes no `NULL` and has no default")
}

/// A value without a place.
pub(crate) fn too_many(at: Position, places: usize) -> Diagnostic {
    let places = match places {
        0 => "no place".to_owned(),
        1 => "one place".to_owned(),
        more => format!("{more} places"),
    };
    let message = format!("there is a value too many: the statement has {places} for values");
    let help = "write `$1`, `$2` into the statement where the values belong";
    Diagnostic::new(CODE, message)
        .at(at, "it goes nowhere")
        .help(help)
}

/// `$1` and `$3`, but no `$2`.
pub(crate) fn unused(place: &Place, number: usize, after: &str) -> Diagnostic {
    let message = format!("there is `{after}` in this statement, but no `${number}`");
    in_text(CODE, place, message, "the numbers have a gap")
        .help("each value has a place: number them without gaps")
}

/// `:name`, where no table is given.
pub(crate) fn no_table(place: &Place, name: &str) -> Diagnostic {
    let message = format!("`:{name}` takes its value from a table, and there is none");
    in_text(CODE, place, message, "nothing is given for it").help(format!(
        "give one table behind the text: {{ {name} = value }}"
    ))
}

/// `:name`, where the table has no `name`, but another of nearly the same.
pub(crate) fn missing(place: &Place, name: &str, near: &str) -> Diagnostic {
    let message = format!("`:{name}` has no value: the table has `{near}`");
    in_text(CODE, place, message, "nothing is given for it")
        .help("give both the same name; what is left out of the table is `NULL`")
}

/// A field of a table that no place takes.
pub(crate) fn unknown(at: Position, name: &str, places: &[String]) -> Diagnostic {
    let message = format!("the statement has no place `:{name}`");
    let found = Diagnostic::new(CODE, message).at(at, "it goes nowhere");
    match nearest(name, places.iter().map(String::as_str)) {
        Some(near) => found.help(did_you_mean(&format!(":{near}"))),
        None => found,
    }
}
