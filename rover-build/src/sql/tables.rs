//! The tables and columns that `insert`, `update`, `delete` and `upsert` are given by name.

use super::candidates::Candidate;
use super::values::keys;
use crate::analyse::names::Names;
use crate::analyse::statements::{At, DatabaseCall, Given};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sql::names as codes;
use crate::diagnostic::sql_text::Place;
use crate::front::hir::{Expr, Field, Kind};
use crate::front::ids::{FileId, TextRange};

pub(super) struct Tables<'l, 'a> {
    pub(super) names: &'l Names<'a>,
    pub(super) call: &'l DatabaseCall<'a>,
    /// Where a byte of the program is shown.
    pub(super) place: &'l dyn Fn(TextRange) -> Place,
}

/// Names of SQLite's for a row's number, which are no columns.
const ROW_NUMBERS: [&str; 3] = ["rowid", "oid", "_rowid_"];

impl<'a> Tables<'_, 'a> {
    /// What is wrong with a call, as one of a database.
    pub(super) fn check(&self, candidate: &Candidate, given: &Given<'a>) -> Option<Diagnostic> {
        let schema = &candidate.schema;
        let name = given.text.text.as_str();
        let tables = schema.tables();
        // With a dot it is one of another schema.
        if !schema.asks() || name.contains('.') {
            return None;
        }
        let Some(table) = tables.iter().find(|table| table.eq_ignore_ascii_case(name)) else {
            let place = (self.place)(given.text.place(0)?);
            return candidate
                .complete
                .then(|| codes::table(&place, name, &tables));
        };
        let columns = schema.columns(table);
        if columns.is_empty() {
            return None;
        }
        match self.unknown(given, &columns) {
            Some((at, name)) => {
                let of = std::slice::from_ref(table);
                Some(codes::column(&(self.place)(at), &name, of, &columns))
            }
            None => self.values(candidate, table, given),
        }
    }

    /// The first column that is named and that the table does not have.
    fn unknown(&self, given: &Given<'a>, columns: &[String]) -> Option<(TextRange, String)> {
        let value = |at: usize| given.values.get(at).copied();
        let mut named = Vec::new();
        let options = match self.call.method {
            "delete" => {
                self.fields(value(0), &mut named);
                value(1)
            }
            "update" => {
                self.fields(value(0), &mut named);
                self.fields(value(1), &mut named);
                value(2)
            }
            _ => {
                self.rows(value(0), &mut named);
                value(1)
            }
        };
        self.options(options, &mut named);
        named.into_iter().find(|(_, name)| {
            let known = columns.iter().map(String::as_str).chain(ROW_NUMBERS);
            !known
                .into_iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// What a value is, where that is one thing always.
    pub(super) fn constant(&self, value: Option<At<'a>>) -> Option<(FileId, &'a Expr)> {
        let At { file, expr } = value?;
        self.names.resolve(file, expr)
    }

    /// The keys of a table.
    fn fields(&self, value: Option<At<'a>>, named: &mut Vec<(TextRange, String)>) {
        if let Some((file, expr)) = self.constant(value)
            && let Kind::Table(fields) = &expr.kind
            && let Some(keys) = keys(fields)
        {
            let keys = keys.into_iter();
            named.extend(keys.map(|key| (file.range(key.span), key.text.clone())));
        }
    }

    /// A row, or a list of rows.
    fn rows(&self, value: Option<At<'a>>, named: &mut Vec<(TextRange, String)>) {
        self.fields(value, named);
        if let Some((file, expr)) = self.constant(value)
            && let Kind::Table(fields) = &expr.kind
        {
            for field in fields {
                if let Field::Item(expr) = field {
                    self.fields(Some(At { file, expr }), named);
                }
            }
        }
    }

    /// `{ returning = "id, name", on = { "id" }, update = { "name" } }`
    fn options(&self, value: Option<At<'a>>, named: &mut Vec<(TextRange, String)>) {
        let Some((file, expr)) = self.constant(value) else {
            return;
        };
        let Kind::Table(fields) = &expr.kind else {
            return;
        };
        for field in fields {
            let Field::Named(name, value) = field else {
                continue;
            };
            match (name.as_str(), &value.kind) {
                ("returning", Kind::Text(_)) => self.list(file, value, named),
                ("on" | "update", Kind::Text(Some(text))) => {
                    named.push((text_place(file, value), text.clone()));
                }
                ("on" | "update", Kind::Table(items)) => {
                    for item in items {
                        if let Field::Item(item) = item
                            && let Some(text) = item.text()
                        {
                            named.push((text_place(file, item), text.to_owned()));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Names with commas between them. What is no plain name is left to the database.
    fn list(&self, file: FileId, value: &Expr, named: &mut Vec<(TextRange, String)>) {
        let Some(text) = value.plain_text() else {
            return;
        };
        let mut at = value.span.start + 1;
        for part in text.split(',') {
            let name = part.trim();
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if !name.is_empty() && name.chars().all(is_name) {
                let before = part.len() - part.trim_start().len();
                named.push((file.at(at + before), name.to_owned()));
            }
            at += part.len() + 1;
        }
    }
}

/// Where the text of a string begins.
fn text_place(file: FileId, value: &Expr) -> TextRange {
    let quote = usize::from(value.plain_text().is_some());
    file.at(value.span.start + quote)
}
