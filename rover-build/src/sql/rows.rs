//! The values that `insert`, `update`, `delete` and `upsert` are given by the names of columns.

use rover_model::sql::Dialect;

use super::candidates::Candidate;
use super::prepared::{Constant, Form, TableColumn};
use super::tables::Tables;
use super::values::keys;
use crate::analyse::statements::{At, Given};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sql::values as codes;
use crate::front::hir::{Field, Kind, Name};

/// A value beside the name of its column.
type Named<'a> = (&'a Name, At<'a>);

impl<'a> Tables<'_, 'a> {
    /// The first constant that its column does not take, or the first column that a row lacks.
    pub(super) fn values(
        &self,
        candidate: &Candidate,
        table: &str,
        given: &Given<'a>,
    ) -> Option<Diagnostic> {
        let columns = candidate.schema.table_columns(table);
        let value = |at: usize| given.values.get(at).copied();
        let (stored, compared) = match self.call.method {
            "update" => (value(0), value(1)),
            "delete" => (None, value(0)),
            _ => (value(0), None),
        };
        let rows = stored.map(rows_of).unwrap_or_default();
        let named = rows.iter().flat_map(|row| named(*row));
        let found = self.unfit(&columns, named);
        let found = found.or_else(|| {
            // SQLite compares whatever there is.
            let is_typed = candidate.schema.dialect() == Dialect::Postgres;
            let compared = compared.filter(|_| is_typed)?;
            self.unfit(&columns, self.compared(&columns, compared))
        });
        let adds = matches!(self.call.method, "insert" | "upsert");
        found.or_else(|| match adds && candidate.complete {
            true => self.lacking(&columns, table, &rows),
            false => None,
        })
    }

    /// What a condition compares with columns: a list is one value after the other.
    fn compared(&self, columns: &[TableColumn], condition: At<'a>) -> Vec<Named<'a>> {
        let values = named(condition).into_iter().flat_map(|(name, value)| {
            let is_table = self
                .constant(Some(value))
                .is_some_and(|(_, it)| matches!(it.kind, Kind::Table(_)));
            let is_single = column(columns, name).is_some_and(is_single);
            match is_table {
                false => vec![(name, value)],
                // What is no list is refused when it runs.
                true if is_single => items(value).map(|item| (name, item)).collect(),
                true => Vec::new(),
            }
        });
        values.collect()
    }

    fn unfit(
        &self,
        columns: &[TableColumn],
        values: impl IntoIterator<Item = Named<'a>>,
    ) -> Option<Diagnostic> {
        values.into_iter().find_map(|(name, value)| {
            let takes = column(columns, name)?.takes.as_ref()?;
            let (_, constant) = self.constant(Some(value))?;
            let said = takes.refuses(&Constant::of(constant)?)?;
            let file = &self.names.sources.files[value.file];
            let at = file.position(value.expr.span.start);
            Some(codes::unfit(at, name, &takes.name, &said))
        })
    }

    /// The first row of which all is seen, and that has no value for a column that must have one.
    fn lacking(&self, columns: &[TableColumn], table: &str, rows: &[At<'a>]) -> Option<Diagnostic> {
        rows.iter().find_map(|row| {
            let known = keys(fields(*row)?)?;
            let is_given = |column: &TableColumn| {
                let mut known = known.iter();
                known.any(|known| known.as_str().eq_ignore_ascii_case(&column.name))
            };
            let mut required = columns.iter().filter(|column| column.is_required);
            let missing = required.find(|column| !is_given(column))?;
            let at = self.names.sources.files[row.file].position(row.expr.span.start);
            Some(codes::lacking(at, &missing.name, table))
        })
    }
}

/// The fields of a table that is written where it is given. One that a variable holds may get others
/// before.
fn fields(value: At<'_>) -> Option<&[Field]> {
    match &value.expr.kind {
        Kind::Table(fields) => Some(fields),
        Kind::Paren(inner) => fields(At {
            expr: inner,
            ..value
        }),
        _ => None,
    }
}

/// The items of a list that is written where it is given.
fn items(list: At<'_>) -> impl Iterator<Item = At<'_>> {
    let fields = fields(list).unwrap_or_default().iter();
    fields.filter_map(move |field| match field {
        Field::Item(expr) => Some(At {
            file: list.file,
            expr,
        }),
        Field::Named(..) | Field::Keyed(..) => None,
    })
}

/// The rows of a value, which is one or a list of them.
fn rows_of(value: At<'_>) -> Vec<At<'_>> {
    let items: Vec<At<'_>> = items(value).collect();
    match items.is_empty() {
        true => vec![value],
        false => items,
    }
}

/// What a row has under names.
fn named(row: At<'_>) -> Vec<Named<'_>> {
    let fields = fields(row).unwrap_or_default().iter();
    let named = fields.filter_map(|field| match field {
        Field::Named(name, expr) => Some((
            name,
            At {
                file: row.file,
                expr,
            },
        )),
        Field::Item(_) | Field::Keyed(..) => None,
    });
    named.collect()
}

fn column<'c>(columns: &'c [TableColumn], name: &Name) -> Option<&'c TableColumn> {
    let mut columns = columns.iter();
    columns.find(|column| column.name.eq_ignore_ascii_case(name))
}

/// Whether the values of a column are no lists, for certain.
fn is_single(column: &TableColumn) -> bool {
    let takes = column.takes.as_ref();
    takes.is_some_and(|takes| !matches!(takes.form, Form::List | Form::Json))
}
