//! Whether the values that are given beside a statement fit its places.

use rover_model::sql::{Parameters, Rendered, Scan, Statement, Token};

use super::prepared::{Constant, Takes};

use crate::analyse::names::Names;
use crate::analyse::statements::{At, Given};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sql::values;
use crate::diagnostic::sql_text::Place;
use crate::front::hir::{Field, Kind, Name};
use crate::vocabulary::nearest;

/// Looks at a statement's values.
pub(super) fn check(
    names: &Names<'_>,
    statement: &Statement,
    given: &Given<'_>,
    place: &dyn Fn(usize) -> Place,
) -> Option<Diagnostic> {
    match statement.parameters() {
        Parameters::Numbered(count) => numbered(names, statement, given, count, place),
        Parameters::Named(places) => named(names, statement, given, places, place),
    }
}

/// Where a place is written.
fn written(statement: &Statement, wanted: &str) -> usize {
    let text = statement.text();
    let mut tokens = Scan::new(text.as_bytes());
    let found = tokens.find(|(token, start, end)| match token {
        Token::Numbered(_) | Token::Named => &text[*start..*end] == wanted,
        Token::Spread(_) => text[*start..*end].trim_end_matches('.') == wanted,
        _ => false,
    });
    found.map_or(0, |(_, start, _)| start)
}

fn numbered(
    names: &Names<'_>,
    statement: &Statement,
    given: &Given<'_>,
    count: usize,
    place: &dyn Fn(usize) -> Place,
) -> Option<Diagnostic> {
    if let Some(index) = statement.unused() {
        let last = format!("${count}");
        let at = place(written(statement, &last));
        return Some(values::unused(&at, index + 1, &last));
    }
    let values = given.values.len();
    if values > count {
        let At { file, expr } = given.values[count];
        let at = names.sources.files[file].position(expr.span.start);
        return Some(values::too_many(at, count));
    }
    if values < count && !given.open {
        let number = values + 1;
        let at = place(written(statement, &format!("${number}")));
        return Some(values::too_few(&at, number, values));
    }
    None
}

fn named(
    names: &Names<'_>,
    statement: &Statement,
    given: &Given<'_>,
    places: &[String],
    place: &dyn Fn(usize) -> Place,
) -> Option<Diagnostic> {
    let at = |name: &str| place(written(statement, &format!(":{name}")));
    let first = places.first()?;
    let table = match given.values.as_slice() {
        [] if given.open => return None,
        [] => return Some(values::no_table(&at(first), first)),
        [table] => *table,
        [_, second, ..] => {
            let position = names.sources.files[second.file].position(second.expr.span.start);
            return Some(values::too_many(position, 1));
        }
    };
    let (_, value) = names.resolve(table.file, table.expr)?;
    let keys = match &value.kind {
        Kind::Table(fields) => keys(fields)?,
        Kind::Text(_) | Kind::Number(_) | Kind::Boolean(_) => {
            return Some(values::no_table(&at(first), first));
        }
        _ => return None,
    };
    let known: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    // What is left out is `NULL`. Where a field of nearly the same name goes nowhere, it was meant.
    let unused = known.iter().copied();
    let unused = unused.filter(|name| !places.iter().any(|place| place == name));
    let unused: Vec<&str> = unused.collect();
    let mut missing = places.iter().filter(|name| !known.contains(&name.as_str()));
    let meant = missing.find_map(|name| Some((name, nearest(name, unused.iter().copied())?)));
    if let Some((name, near)) = meant {
        return Some(values::missing(&at(name), name, near));
    }
    // A table of its own may be for several statements.
    let is_direct = std::ptr::eq(value, table.expr);
    let unknown = keys
        .iter()
        .find(|key| !places.iter().any(|p| p == key.as_str()));
    let unknown = unknown.filter(|_| is_direct)?;
    let position = names.sources.files[table.file].position(unknown.span.start);
    Some(values::unknown(position, unknown, places))
}

/// The first constant that the type of its place does not take.
pub(super) fn unfit(
    names: &Names<'_>,
    statement: &Statement,
    given: &Given<'_>,
    rendered: &Rendered,
    types: &[Option<Takes>],
) -> Option<Diagnostic> {
    let places = rendered.values.iter().zip(types);
    let known =
        places.filter_map(|((index, element), takes)| Some((*index, *element, takes.as_ref()?)));
    for (index, element, takes) in known {
        let place = match statement.parameters() {
            Parameters::Numbered(_) => format!("${}", index + 1),
            Parameters::Named(all) => format!(":{}", all[index]),
        };
        let values = match (statement.parameters(), element) {
            (Parameters::Numbered(_), None) => {
                given.values.get(index).copied().into_iter().collect()
            }
            (Parameters::Numbered(_), Some(_)) => items(names, given.values.get(index).copied()),
            (Parameters::Named(all), _) => field(names, given.values.first().copied(), &all[index]),
        };
        for At { file, expr } in values {
            let Some((_, value)) = names.resolve(file, expr) else {
                continue;
            };
            if let Some(said) = Constant::of(value).and_then(|constant| takes.refuses(&constant)) {
                let at = names.sources.files[file].position(expr.span.start);
                return Some(values::unfit(at, &place, &takes.name, &said));
            }
        }
    }
    None
}

/// The items of a list.
fn items<'a>(names: &Names<'a>, list: Option<At<'a>>) -> Vec<At<'a>> {
    let list = list.and_then(|At { file, expr }| names.resolve(file, expr));
    let Some((file, Kind::Table(fields))) = list.map(|(file, list)| (file, &list.kind)) else {
        return Vec::new();
    };
    let items = fields.iter().filter_map(|field| match field {
        Field::Item(expr) => Some(At { file, expr }),
        Field::Named(..) | Field::Keyed(..) => None,
    });
    items.collect()
}

/// A field of the table that names the values.
fn field<'a>(names: &Names<'a>, table: Option<At<'a>>, wanted: &str) -> Vec<At<'a>> {
    let table = table.and_then(|At { file, expr }| names.resolve(file, expr));
    let Some((file, Kind::Table(fields))) = table.map(|(file, table)| (file, &table.kind)) else {
        return Vec::new();
    };
    let found = fields.iter().filter_map(|field| match field {
        Field::Named(name, expr) if name.as_str() == wanted => Some(At { file, expr }),
        _ => None,
    });
    found.collect()
}

/// The names of a constructor, where it has nothing else.
pub(super) fn keys(fields: &[Field]) -> Option<Vec<&Name>> {
    let keys = fields.iter().map(|field| match field {
        Field::Named(name, _) => Some(name),
        Field::Item(_) | Field::Keyed(..) => None,
    });
    keys.collect()
}
