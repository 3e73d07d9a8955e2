//! What PostgreSQL makes of SQL, without one: its own grammar, and the tables and types that migrations
//! make. What is not understood for certain is left to run time, and nothing is said of it.

mod catalogue;
mod change;
mod compare;
mod grammar;
mod made;
mod outputs;
mod parameters;
mod read;
mod scope;
mod types;

use std::cell::RefCell;

use super::prepared::Prepared;
use super::refused::{Refused, Why};
use crate::analyse::statements::Column;
use catalogue::Catalogue;
use grammar::{What, Wrong, parse};
use read::{READ, Reading};
use scope::{Known, Missing, Scope};

#[derive(Default)]
pub(crate) struct Postgres {
    catalogue: RefCell<Catalogue>,
}

impl Postgres {
    /// Notes what a file makes, statement by statement.
    pub(crate) fn apply(&self, sql: &str) -> Result<(), Refused> {
        let tree = parse(sql).map_err(unread)?;
        self.catalogue.borrow_mut().apply(&tree);
        Ok(())
    }

    /// Whether all of its tables are known.
    pub(crate) fn is_complete(&self) -> bool {
        self.catalogue.borrow().complete
    }

    pub(crate) fn prepare(&self, sql: &str) -> Result<Prepared, Refused> {
        let tree = parse(sql).map_err(unread)?;
        let catalogue = self.catalogue.borrow();
        let statement = tree
            .first("stmt")
            .and_then(|statement| statement.parts.first());
        let Some(statement) = statement.filter(|statement| READ.contains(&statement.name)) else {
            return Ok(Prepared::default());
        };
        let mut reading = Reading::new(&catalogue);
        let given = reading.statement(statement, &Scope::default());
        match reading.missing {
            Some(missing) => Err(refused(missing)),
            None => Ok(Prepared {
                columns: given.unwrap_or_default().into_iter().map(column).collect(),
                parameters: reading.parameters.list(),
            }),
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

fn column(known: Known) -> Column {
    Column {
        name: known.name,
        value: known.kind.value,
        not_null: known.not_null,
        origin: known.origin,
    }
}

/// Why a text cannot be read.
fn unread(wrong: Wrong) -> Refused {
    let (said, meant) = match wrong.what {
        What::Unexpected(word, meant) => (format!("near \"{word}\": syntax error"), meant),
        What::End => ("incomplete input".to_owned(), None),
        What::NoWord(said) => (said.to_owned(), None),
    };
    Refused {
        why: Why::Syntax(said, meant),
        at: Some(wrong.at),
    }
}

fn refused(missing: Missing) -> Refused {
    let (why, at) = match missing {
        Missing::Table(name, at) => (Why::NoTable(name), at),
        Missing::Column(name, Some(table), _, at) => (Why::NoColumn(name, Some(table)), at),
        Missing::Column(name, None, known, at) => (Why::NotGiven(name, known), at),
        Missing::Operator(name, at) => {
            let said = format!("it has no operator `{name}`: equality is `=`");
            (Why::Other(said), at)
        }
        Missing::Ambiguous(name, at) => (Why::Ambiguous(name), at),
        Missing::Relation(name, known, at) => (Why::NoRelation(name, known), at),
        Missing::Count(values, columns, at) => (Why::Count(values, columns), at),
    };
    Refused { why, at: Some(at) }
}
