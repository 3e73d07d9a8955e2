//! What a database has when its migrations are applied, as far as the build knows it.

use rover_model::plan::Migration;
use rover_model::sql::Dialect;

use super::prepared::{Prepared, TableColumn};
use super::refused::Refused;
#[cfg(feature = "postgres")]
use crate::sql::postgres::Postgres;
#[cfg(feature = "sqlite")]
use crate::sql::sqlite::Sqlite;

/// The database that statements are asked of.
pub(crate) enum Schema {
    #[cfg(feature = "sqlite")]
    Sqlite(Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(Box<Postgres>),
    /// There is nothing to ask.
    None(Dialect),
}

impl Schema {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Schema::Postgres(_) => Dialect::Postgres,
            Schema::None(dialect) => *dialect,
        }
    }

    /// Whether all that was applied is understood.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.is_complete(),
            _ => true,
        }
    }

    /// Whether statements are read by the database itself, so that all of them is checked.
    pub(crate) fn reads_all(&self) -> bool {
        self.asks() && self.dialect() == Dialect::Sqlite || self.has_server()
    }

    /// Whether a server is asked, which has tables of its own.
    pub(crate) fn has_server(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.has_server(),
            _ => false,
        }
    }

    /// The migrations that are to be applied.
    pub(crate) fn pending<'m>(&self, files: &'m [Migration]) -> Vec<&'m Migration> {
        match self {
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.pending(files),
            _ => files.iter().collect(),
        }
    }

    /// Whether statements are checked at all.
    pub(crate) fn asks(&self) -> bool {
        !matches!(self, Schema::None(_))
    }

    /// Applies a migration.
    pub(crate) fn apply(&self, sql: &str, in_transaction: bool) -> Result<(), Refused> {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(sqlite) => sqlite.apply(sql, in_transaction),
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.apply(sql, in_transaction),
            Schema::None(_) => {
                let _ = (sql, in_transaction);
                Ok(())
            }
        }
    }

    /// Makes what a statement of the program makes, where that can be done.
    pub(crate) fn make(&self, sql: &str) {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(sqlite) => sqlite.make(sql),
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => drop(postgres.apply(sql, true)),
            Schema::None(_) => {
                let _ = sql;
            }
        }
    }

    /// What a statement gives and takes.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Prepared, Refused> {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(sqlite) => Ok(Prepared {
                columns: sqlite.prepare(sql)?,
                ..Prepared::default()
            }),
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.prepare(sql),
            Schema::None(_) => {
                let _ = sql;
                Ok(Prepared::default())
            }
        }
    }

    /// The tables and views.
    pub(crate) fn tables(&self) -> Vec<String> {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(sqlite) => sqlite.tables(),
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.tables(),
            Schema::None(_) => Vec::new(),
        }
    }

    /// The columns of a table; none where not all are known.
    pub(crate) fn columns(&self, table: &str) -> Vec<String> {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(sqlite) => sqlite.columns(table),
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.columns(table).unwrap_or_default(),
            Schema::None(_) => {
                let _ = table;
                Vec::new()
            }
        }
    }

    /// The same, as rows are added to it.
    pub(crate) fn table_columns(&self, table: &str) -> Vec<TableColumn> {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(sqlite) => sqlite.table_columns(table),
            #[cfg(feature = "postgres")]
            Schema::Postgres(postgres) => postgres.table_columns(table).unwrap_or_default(),
            Schema::None(_) => {
                let _ = table;
                Vec::new()
            }
        }
    }

    pub(crate) fn functions(&self) -> Vec<String> {
        match self {
            #[cfg(feature = "sqlite")]
            Schema::Sqlite(sqlite) => sqlite.functions(),
            #[cfg(feature = "postgres")]
            Schema::Postgres(_) => Vec::new(),
            Schema::None(_) => Vec::new(),
        }
    }
}

/// What people call a kind of database.
pub(crate) fn called(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    }
}
