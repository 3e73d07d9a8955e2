//! The PostgreSQL that `ROVER_BUILD_DATABASE` names: it is asked what statements are. All of that is in one
//! transaction, which is taken back when the build is done: nothing is written.

mod connect;
mod described;
mod tls;

pub(crate) use connect::may_encrypt;

use std::future::Future;
use std::time::Duration;

use rover_model::plan::Migration;
use tokio::runtime::Runtime;
use tokio_postgres::error::{ErrorPosition, SqlState};
use tokio_postgres::{Client, Error, Statement};

use super::catalogue::{Column, Table};
use super::types::{OwnTypes, Type};

/// Who waits for longer has met somebody who holds a lock.
const MOST: Duration = Duration::from_secs(30);

/// What the server says of what it does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) message: String,
    /// The byte of the text.
    pub(super) at: Option<usize>,
    /// A name is not there that something else may make.
    pub(super) missing: bool,
    /// It says nothing of the text.
    pub(super) other: bool,
}

/// What a statement is.
pub(super) struct Described {
    pub(super) parameters: Vec<Type>,
    /// Names and types.
    pub(super) columns: Vec<(String, Type)>,
}

/// The connection, in its transaction.
pub(crate) struct Server {
    runtime: Runtime,
    client: Client,
}

impl Server {
    /// Connects, and begins the transaction.
    ///
    /// # Errors
    /// With why that cannot be done, never with the address.
    pub(crate) fn connect(address: &str) -> Result<Server, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let client = runtime.block_on(connect::connect(address))?;
        let server = Server { runtime, client };
        let begin = "begin; set local lock_timeout = '5s'; set local statement_timeout = '20s'";
        let begun = server.wait(server.client.batch_execute(begin));
        begun.map_err(|error| error.to_string())?;
        Ok(server)
    }

    fn wait<T>(&self, what: impl Future<Output = Result<T, Error>>) -> Result<T, Failed> {
        let timed = self
            .runtime
            .block_on(async { tokio::time::timeout(MOST, what).await });
        timed.map_err(|_| Failed::Slow)?.map_err(Failed::Error)
    }

    /// Does something that may fail without an end of the transaction.
    fn apart<T>(&self, what: impl Future<Output = Result<T, Error>>) -> Result<T, Failed> {
        self.wait(self.client.batch_execute("savepoint one"))?;
        let done = self.wait(what);
        let back = match done {
            Ok(_) => "release savepoint one",
            Err(_) => "rollback to savepoint one",
        };
        self.wait(self.client.batch_execute(back))?;
        done
    }

    /// The numbers of the migrations that the database has.
    pub(super) fn applied(&self) -> Vec<i64> {
        let found = self.apart(
            self.client
                .query("select number from _rover_migrations", &[]),
        );
        let found = found.unwrap_or_default();
        found.iter().filter_map(|row| row.try_get(0).ok()).collect()
    }

    /// Runs the statements of a text.
    pub(super) fn run(&self, sql: &str) -> Result<(), Said> {
        let done = self.apart(self.client.batch_execute(sql));
        done.map_err(|failed| failed.said(sql))
    }

    /// Asks what a statement is. It is not run.
    pub(super) fn describe(&self, sql: &str) -> Result<Described, Said> {
        let asked: Result<Statement, Failed> = self.apart(self.client.prepare(sql));
        let statement = asked.map_err(|failed| failed.said(sql))?;
        let columns = statement.columns().iter();
        Ok(Described {
            parameters: statement.params().iter().map(described::kind).collect(),
            columns: columns
                .map(|column| (column.name().to_owned(), described::kind(column.type_())))
                .collect(),
        })
    }

    /// The tables that are found without the name of a schema, and the types of the database's own.
    pub(super) fn tables(&self) -> Result<(Vec<Table>, OwnTypes), String> {
        let told = |failed: Failed| failed.to_string();
        let mut own = OwnTypes::default();
        let types = self
            .wait(self.client.query(described::ENUMS, &[]))
            .map_err(told)?;
        for row in types {
            let labels: Vec<String> = row.get(1);
            let name: String = row.get(0);
            own.set(name.clone(), Type::one_of(&name, &labels));
        }
        let mut tables: Vec<Table> = Vec::new();
        let rows = self
            .wait(self.client.query(described::COLUMNS, &[]))
            .map_err(told)?;
        for row in rows {
            let name: String = row.get(0);
            if tables.last().is_none_or(|table| table.name != name) {
                tables.push(Table {
                    name,
                    columns: Vec::new(),
                    open: false,
                    hooked: row.get(6),
                });
            }
            let Some(table) = tables.last_mut() else {
                continue;
            };
            let column: Option<String> = row.get(1);
            let written: Option<String> = row.get(2);
            if let (Some(name), Some(written)) = (column, written) {
                let plain = own.get(&written).unwrap_or_else(|| Type::named(&written));
                let is_array: bool = row.get(3);
                table.columns.push(Column {
                    name,
                    kind: if is_array { plain.array() } else { plain },
                    not_null: row.get(4),
                    default: row.get(5),
                });
            }
        }
        Ok((tables, own))
    }

    /// The functions that are not PostgreSQL's own.
    pub(super) fn functions(&self) -> Vec<String> {
        let found = self.wait(self.client.query(described::FUNCTIONS, &[]));
        let found = found.unwrap_or_default();
        found.iter().filter_map(|row| row.try_get(0).ok()).collect()
    }

    /// The migrations that the database does not have yet.
    pub(super) fn pending<'m>(&self, files: &'m [Migration]) -> Vec<&'m Migration> {
        let applied = self.applied();
        let missing = files.iter().filter(|file| {
            let number = i64::try_from(file.number);
            !number.is_ok_and(|number| applied.contains(&number))
        });
        missing.collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server does the same where the connection ends.
        let _ = self.wait(self.client.batch_execute("rollback"));
    }
}

/// Why something was not done.
enum Failed {
    Error(Error),
    Slow,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failed::Error(error) => match error.as_db_error() {
                Some(told) => f.write_str(told.message()),
                None => write!(f, "{error}"),
            },
            Failed::Slow => write!(f, "it has not answered for {} s", MOST.as_secs()),
        }
    }
}

impl Failed {
    fn said(&self, sql: &str) -> Said {
        let told = match self {
            Failed::Error(error) => error.as_db_error(),
            Failed::Slow => None,
        };
        let missing = [
            SqlState::UNDEFINED_TABLE,
            SqlState::UNDEFINED_COLUMN,
            SqlState::UNDEFINED_OBJECT,
        ];
        // A label of an enumeration that is added in the same transaction, a lock of somebody else.
        let others = [
            SqlState::UNSAFE_NEW_ENUM_VALUE_USAGE,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::QUERY_CANCELED,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        let is = |states: &[SqlState]| told.is_some_and(|told| states.contains(told.code()));
        let at = told.and_then(|told| match told.position() {
            // Characters, from 1 on.
            Some(ErrorPosition::Original(place)) => {
                let before = usize::try_from(*place).ok()?.checked_sub(1)?;
                let place = sql.char_indices().nth(before);
                Some(place.map_or(sql.len(), |(at, _)| at))
            }
            _ => None,
        });
        Said {
            message: match told.and_then(|told| told.hint()) {
                Some(hint) => format!("{self} ({})", hint.trim_end_matches('.')),
                None => self.to_string(),
            },
            at,
            missing: is(&missing),
            other: is(&others),
        }
    }
}
