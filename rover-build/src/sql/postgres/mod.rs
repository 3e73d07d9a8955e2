//! The tables of PostgreSQL that migrations make, and the plain names of statements.
//!
//! The parser is not PostgreSQL's own, and knows less: what it does not take may be right, and
//! nothing is said of it.

mod catalogue;
mod names;

use std::cell::RefCell;

use rover_model::sql::{Scan, Token};
use sqlparser::ast::{Expr, Function, Ident, SelectItem, SetExpr, Statement, TableFactor};

use super::refused::{Refused, Why};
use crate::analyse::statements::Column;
use crate::analyse::types::ValueType;
use catalogue::{Catalogue, kept, parsed, table_name};
use names::{Missing, missing};

#[derive(Default)]
pub(crate) struct Postgres {
    catalogue: RefCell<Catalogue>,
}

impl Postgres {
    /// Notes what a file makes, statement by statement.
    pub(crate) fn apply(&self, sql: &str) {
        for statement in statements(sql) {
            self.catalogue.borrow_mut().apply(statement);
        }
    }

    /// Whether all of its tables are known.
    pub(crate) fn is_complete(&self) -> bool {
        self.catalogue.borrow().complete
    }

    pub(crate) fn prepare(&self, sql: &str) -> Result<Vec<Column>, Refused> {
        let catalogue = self.catalogue.borrow();
        // The names of arguments, `days => 1`, look like columns.
        let named = sql.contains("=>") || sql.contains(":=");
        let Some(statement) = parsed(sql).filter(|_| !named) else {
            return Ok(Vec::new());
        };
        match missing(&catalogue, &statement) {
            Some(Missing::Table(name, at)) => Err(Refused {
                why: Why::NoTable(name),
                at: place(sql, &at),
            }),
            Some(Missing::Column(name)) => Err(Refused {
                why: Why::NoColumn(kept(&name), None),
                at: place(sql, &name),
            }),
            None => Ok(columns(&catalogue, &statement).unwrap_or_default()),
        }
    }

    pub(crate) fn tables(&self) -> Vec<String> {
        let catalogue = self.catalogue.borrow();
        let tables = catalogue.tables.iter();
        let shown = tables.filter(|table| !table.name.starts_with("_rover_"));
        shown.map(|table| table.name.clone()).collect()
    }

    /// The columns of a table, where all are known.
    pub(crate) fn columns(&self, table: &str) -> Option<Vec<String>> {
        let catalogue = self.catalogue.borrow();
        let table = catalogue.table(table).filter(|table| !table.open)?;
        let columns = table.columns.iter();
        Some(columns.map(|column| column.name.clone()).collect())
    }
}

/// The statements of a file.
fn statements(sql: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (token, at, end) in Scan::new(sql.as_bytes()) {
        if token == Token::End {
            found.push(&sql[start..at]);
            start = end;
        }
    }
    found.push(&sql[start..]);
    let has_words = |part: &&str| !super::words::words(part).is_empty();
    found.into_iter().filter(has_words).collect()
}

/// The byte at which a name stands.
fn place(sql: &str, name: &Ident) -> Option<usize> {
    let at = name.span.start;
    let line = usize::try_from(at.line).ok()?.checked_sub(1)?;
    let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
    let before: usize = sql.split_inclusive('\n').take(line).map(str::len).sum();
    let line = sql.get(before..)?;
    let inside: usize = line.chars().take(column).map(char::len_utf8).sum();
    Some(before + inside)
}

/// A value that is computed and never `NULL`.
struct Computed(ValueType);

impl Computed {
    fn named(self, name: String) -> Column {
        Column {
            name,
            value: self.0,
            not_null: true,
            origin: None,
        }
    }
}

/// What is computed where it is plain what that is, and what PostgreSQL calls it.
fn computed(expr: &Expr) -> Option<(&'static str, Computed)> {
    match expr {
        Expr::Nested(inner) => computed(inner),
        Expr::Exists { .. } => Some(("exists", Computed(ValueType::Boolean))),
        Expr::Function(Function { name, .. }) => {
            let is_count = table_name(name).is_some_and(|name| name == "count");
            is_count.then_some(("count", Computed(ValueType::Integer)))
        }
        _ => None,
    }
}

/// The columns of a query of one table, where each is one of it or plain.
fn columns(catalogue: &Catalogue, statement: &Statement) -> Option<Vec<Column>> {
    let Statement::Query(query) = statement else {
        return None;
    };
    let SetExpr::Select(select) = &*query.body else {
        return None;
    };
    let [from] = select.from.as_slice() else {
        return None;
    };
    let TableFactor::Table { name, .. } = &from.relation else {
        return None;
    };
    let table = catalogue.table(&table_name(name)?)?;
    if !from.joins.is_empty() || query.with.is_some() || table.open {
        return None;
    }
    let of = |name: &Ident, shown: String| {
        let name = kept(name);
        let column = table.columns.iter().find(|column| column.name == name)?;
        Some(Column {
            name: shown,
            value: column.value.clone(),
            not_null: column.not_null,
            origin: Some((table.name.clone(), name)),
        })
    };
    let last = |expr: &Expr| match expr {
        Expr::Identifier(name) => Some(name.clone()),
        Expr::CompoundIdentifier(names) => names.last().cloned(),
        _ => None,
    };
    let mut found = Vec::new();
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) => match computed(expr) {
                Some((name, value)) => found.push(value.named(name.to_owned())),
                None => {
                    let name = last(expr)?;
                    found.push(of(&name, kept(&name))?);
                }
            },
            SelectItem::ExprWithAlias { expr, alias } => match computed(expr) {
                Some((_, value)) => found.push(value.named(kept(alias))),
                None => found.push(of(&last(expr)?, kept(alias))?),
            },
            SelectItem::Wildcard(_) => {
                let all = table.columns.iter();
                found.extend(all.map(|column| Column {
                    name: column.name.clone(),
                    value: column.value.clone(),
                    not_null: column.not_null,
                    origin: Some((table.name.clone(), column.name.clone())),
                }));
            }
            _ => return None,
        }
    }
    Some(found)
}
