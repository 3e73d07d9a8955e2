//! What is wrong with a statement, by what its database says.

use rover_model::sql::{Parameters, Statement};

use super::candidates::Candidate;
use super::refused::{Refused, Why};
use super::schema::called;
use super::values;
use super::words::{behind, first, last, named_tables, table, words};
use crate::analyse::names::Names;
use crate::analyse::statements::{Column, Given};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sql::{names, refused, syntax, values as codes};
use crate::diagnostic::sql_text::Place;

/// A statement that is checked, and where its bytes are written.
pub(super) struct Asked<'s, 'a> {
    pub(super) names: &'s Names<'a>,
    pub(super) statement: &'s Statement,
    pub(super) given: &'s Given<'a>,
    pub(super) place: &'s dyn Fn(usize) -> Place,
}

impl Candidate {
    /// Asks the database what a statement is: the columns that it gives.
    pub(super) fn ask(&self, asked: &Asked<'_, '_>) -> Result<Vec<Column>, Diagnostic> {
        let dialect = self.schema.dialect();
        // A list of one stands for any.
        let values = match asked.statement.parameters() {
            Parameters::Numbered(count) => count,
            Parameters::Named(names) => names.len(),
        };
        let given = vec![rover_model::sql::Given::List(1); values];
        let Ok(rendered) = asked.statement.render(dialect, &given) else {
            return Ok(Vec::new());
        };
        let refused = match self.schema.prepare(&rendered.text) {
            Ok(prepared) => {
                let unfit = values::unfit(
                    asked.names,
                    asked.statement,
                    asked.given,
                    &rendered,
                    &prepared.parameters,
                );
                return unfit.map_or(Ok(prepared.columns), Err);
            }
            Err(refused) => refused,
        };
        match self.told(asked, &refused) {
            Some(diagnostic) => Err(diagnostic),
            None => Ok(Vec::new()),
        }
    }

    /// What is said of it; nothing where it may be right.
    fn told(&self, asked: &Asked<'_, '_>, refused: &Refused) -> Option<Diagnostic> {
        let schema = &self.schema;
        let (dialect, text) = (schema.dialect(), asked.statement.text());
        let at = refused.at.map(|at| asked.statement.written_at(dialect, at));
        // Behind the last word, where something is missing.
        let end = text.trim_end().len();
        let from = at.unwrap_or(0);
        // What makes or changes tables is asked of tables that it has made, or another has.
        let verb = first(text).unwrap_or_default();
        let of_tables = ["CREATE", "ALTER", "DROP", "REINDEX", "ANALYZE"].contains(&&*verb);
        let place = |found: Option<usize>| (asked.place)(found.unwrap_or(from));
        Some(match &refused.why {
            Why::Syntax(said, _) if said == "incomplete input" => {
                let place = (asked.place)(at.unwrap_or(end));
                syntax::error(&place, "it ends where more is expected")
            }
            Why::Syntax(said, meant) => {
                let comma = text[..from.min(text.len())].trim_end().ends_with(',');
                syntax::unexpected(&place(at), said, *meant, comma)
            }
            _ if of_tables => return None,
            Why::NoTable(name) => {
                if !self.complete {
                    return None;
                }
                let name = last(name);
                let found = at.and_then(|at| behind(text, at, name));
                let found = found.or_else(|| table(text, name));
                names::table(&place(found), name, &schema.tables())
            }
            Why::NoColumn(name, of) => {
                let column = last(name);
                let tables = match of {
                    Some(table) => vec![table.clone()],
                    None => named_tables(text, &schema.tables()),
                };
                let known: Vec<String> = tables.iter().flat_map(|t| schema.columns(t)).collect();
                let known = without_doubles(known);
                names::column(&place(behind(text, from, column)), column, &tables, &known)
            }
            Why::NotGiven(name, known) => {
                let known = without_doubles(known.clone());
                names::column(&place(behind(text, from, name)), name, &[], &known)
            }
            Why::Ambiguous(name) => {
                let column = last(name);
                let tables = named_tables(text, &schema.tables());
                let with = tables.into_iter().filter(|table| {
                    let mut columns = schema.columns(table).into_iter();
                    columns.any(|known| known.eq_ignore_ascii_case(column))
                });
                let with = with.map(|table| alias(text, &table)).collect::<Vec<_>>();
                names::ambiguous(&place(behind(text, from, column)), name, &with)
            }
            Why::NoRelation(name, known) => names::relation(
                &place(behind(text, from, name)),
                name,
                &without_doubles(known.clone()),
            ),
            Why::Count(values, columns) => codes::count(&place(at), *values, *columns),
            Why::NoFunction(name) => {
                names::function(&place(behind(text, from, name)), name, &schema.functions())
            }
            Why::Other(said) => refused::by(&place(at), called(dialect), said),
            Why::Unknown => return None,
        })
    }
}

/// What a statement calls a table: `b` of `from books as b`.
fn alias(text: &str, table: &str) -> String {
    let words = words(text);
    let Some(at) = words
        .iter()
        .position(|word| word.is(table) && !word.behind_dot)
    else {
        return table.to_owned();
    };
    let keywords = [
        "on", "using", "where", "join", "left", "inner", "cross", "natural", "group", "order",
        "limit", "set", "union", "as",
    ];
    let mut after = words[at + 1..].iter().take(2);
    let next = after.next();
    let next = match next.is_some_and(|word| word.is("as")) {
        true => after.next(),
        false => next.filter(|word| {
            let between = text[words[at].at + words[at].name.len()..word.at].trim();
            between.is_empty() && !keywords.iter().any(|keyword| word.is(keyword))
        }),
    };
    next.map_or(table, |word| word.name.as_str()).to_owned()
}

fn without_doubles(names: Vec<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}
