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
mod server;
mod types;

use std::cell::{Cell, RefCell};

use rover_model::plan::Migration;

use super::prepared::{Prepared, TableColumn};
use super::refused::{Refused, Why};
use crate::analyse::statements::Column;
use catalogue::Catalogue;
use grammar::{What, Wrong, parse};
use read::{READ, Reading};
use scope::{Known, Missing, Scope};
pub(super) use server::may_encrypt;
use server::{Described, Said, Server};

#[derive(Default)]
pub(crate) struct Postgres {
    catalogue: RefCell<Catalogue>,
    server: Option<Server>,
    /// The server has more than the catalogue knows of.
    stale: Cell<bool>,
    /// Some migration could not be applied in the server's transaction.
    partly: Cell<bool>,
}

impl Postgres {
    /// One that asks a server.
    ///
    /// # Errors
    /// With why it cannot be asked.
    pub(crate) fn of_server(address: &str) -> Result<Self, String> {
        Ok(Postgres {
            server: Some(Server::connect(address)?),
            stale: Cell::new(true),
            ..Postgres::default()
        })
    }

    pub(crate) fn has_server(&self) -> bool {
        self.server.is_some()
    }

    /// The files that are to be applied: those that the server does not have.
    pub(crate) fn pending<'m>(&self, files: &'m [Migration]) -> Vec<&'m Migration> {
        match &self.server {
            Some(server) => server.pending(files),
            None => files.iter().collect(),
        }
    }

    /// Notes what a file makes, statement by statement, and makes it in the server's transaction.
    pub(crate) fn apply(&self, sql: &str, in_transaction: bool) -> Result<(), Refused> {
        let tree = parse(sql).map_err(unread)?;
        let Some(server) = &self.server else {
            self.catalogue.borrow_mut().apply(&tree);
            return Ok(());
        };
        self.stale.set(true);
        match in_transaction {
            true => server.run(sql).map_err(told),
            false => {
                self.partly.set(true);
                Ok(())
            }
        }
    }

    /// Whether all of its tables are known.
    pub(crate) fn is_complete(&self) -> bool {
        match self.server {
            Some(_) => !self.partly.get(),
            None => self.catalogue.borrow().complete,
        }
    }

    pub(crate) fn prepare(&self, sql: &str) -> Result<Prepared, Refused> {
        let Some(server) = &self.server else {
            return self.read(sql);
        };
        self.refresh(server);
        let read = self.read(sql);
        match (server.describe(sql), read) {
            (Ok(described), read) => Ok(both(described, read.unwrap_or_default())),
            // It speaks of what the next migrations make, or of no text at all.
            (Err(said), _) if said.other || said.missing && self.partly.get() => {
                Ok(Prepared::default())
            }
            // The names that were meant are known here.
            (Err(_), Err(refused)) => Err(refused),
            (Err(said), Ok(_)) => Err(told(said)),
        }
    }

    /// Reads what the server has.
    fn refresh(&self, server: &Server) {
        if !self.stale.replace(false) {
            return;
        }
        if let Ok((tables, types)) = server.tables() {
            *self.catalogue.borrow_mut() = Catalogue {
                tables,
                types,
                functions: server.functions(),
                operators: true,
                complete: true,
            };
        }
    }

    /// What a statement is by what is known.
    fn read(&self, sql: &str) -> Result<Prepared, Refused> {
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
        self.server.iter().for_each(|server| self.refresh(server));
        let catalogue = self.catalogue.borrow();
        let tables = catalogue.tables.iter();
        let shown = tables.filter(|table| !table.name.starts_with("_rover_"));
        shown.map(|table| table.name.clone()).collect()
    }

    /// The columns of a table, where all are known.
    pub(crate) fn columns(&self, table: &str) -> Option<Vec<String>> {
        self.server.iter().for_each(|server| self.refresh(server));
        let catalogue = self.catalogue.borrow();
        let table = catalogue.table(table).filter(|table| !table.open)?;
        let columns = table.columns.iter();
        Some(columns.map(|column| column.name.clone()).collect())
    }

    /// The columns of a table, as rows are added to it, where all are known.
    pub(crate) fn table_columns(&self, table: &str) -> Option<Vec<TableColumn>> {
        self.server.iter().for_each(|server| self.refresh(server));
        let catalogue = self.catalogue.borrow();
        let table = catalogue.table(table).filter(|table| !table.open)?;
        let columns = table.columns.iter().map(|column| TableColumn {
            name: column.name.clone(),
            takes: column.kind.takes.clone(),
            is_required: column.not_null && !column.default && !table.hooked,
        });
        Some(columns.collect())
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

/// What the server says, and what only the text shows: which columns are never `NULL`.
fn both(described: Described, read: Prepared) -> Prepared {
    let same = read.columns.len() == described.columns.len();
    let known = read.columns.into_iter().filter(|_| same).map(Some);
    let known = known.chain(std::iter::repeat(None));
    let columns = described.columns.into_iter().zip(known);
    let columns = columns.map(|((name, kind), known)| {
        let known = known.filter(|known| known.name == name);
        Column {
            name,
            value: kind.value,
            not_null: known.as_ref().is_some_and(|known| known.not_null),
            origin: known.and_then(|known| known.origin),
        }
    });
    let parameters = described.parameters.into_iter();
    Prepared {
        columns: columns.collect(),
        parameters: parameters.map(|of| of.takes).collect(),
    }
}

/// What the server says of what it does not take.
fn told(said: Said) -> Refused {
    Refused {
        why: match said.other {
            true => Why::Unknown,
            false => Why::Other(said.message),
        },
        at: said.at,
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
