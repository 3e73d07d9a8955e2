//! What each kind of database does for a program.

use std::future::Future;
use std::pin::Pin;

use rover_model::sql::Dialect;
use tokio::sync::mpsc;

use super::parameter::Query;
#[cfg(feature = "postgres")]
use super::postgres;
use super::rows::Rows;
#[cfg(feature = "sqlite")]
use super::sqlite;
use crate::wait::error::WaitError;

/// A statement that is under way. What it holds is given back when it is dropped.
pub(crate) type Answering<T = Rows> = Pin<Box<dyn Future<Output = Result<T, WaitError>>>>;

/// What beginning a statement has come to.
pub(crate) enum Began {
    /// It is done.
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres")),
        expect(dead_code, reason = "nobody answers at once")
    )]
    Ready(Result<Rows, WaitError>),
    Later(Answering),
}

/// A worker's way to a database.
pub(crate) enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(Box<sqlite::local::Local>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::local::Local),
}

impl Database {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a statement that stands by itself.
    pub(crate) fn begin(&self, query: Query) -> Began {
        match self {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(local) => local.begin(query),
            #[cfg(feature = "postgres")]
            Database::Postgres(local) => local.begin(query),
        }
    }

    /// Begins a transaction.
    pub(crate) fn transaction(&self, isolation: Isolation, inside: bool) -> Answering<Transaction> {
        match self {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(local) => {
                let _ = (isolation, inside);
                let begun = local.transaction();
                Box::pin(async move { begun.await.map(Transaction::Sqlite) })
            }
            #[cfg(feature = "postgres")]
            Database::Postgres(local) => {
                let begun = local.transaction(isolation, inside);
                Box::pin(async move { begun.await.map(Transaction::Postgres) })
            }
        }
    }

    /// Begins a query whose rows come in parts.
    pub(crate) fn cursor(&self, query: Query) -> Cursor {
        match self {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(local) => local.cursor(query),
            #[cfg(feature = "postgres")]
            Database::Postgres(local) => local.cursor(query),
        }
    }
}

/// What a transaction would hold up that asks for it.
pub(crate) fn waits_for_itself() -> WaitError {
    let message = "it would wait for the transaction that it is in: use `tx`";
    WaitError::new("argument", message)
}

/// How much a transaction sees of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// As the database is set up.
    #[default]
    Standard,
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

impl Isolation {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"read committed" => Isolation::ReadCommitted,
            b"repeatable read" => Isolation::RepeatableRead,
            b"serializable" => Isolation::Serializable,
            _ => return None,
        })
    }
}

/// A transaction. One that is dropped before it is kept is taken back.
pub(crate) enum Transaction {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::transaction::Transaction),
    #[cfg(feature = "postgres")]
    Postgres(postgres::transaction::Transaction),
}

/// The end of a transaction, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// All of it is kept.
    Commit,
    /// All of it is taken back.
    Rollback,
    /// A part begins.
    Save(u32),
    /// A part is kept.
    Release(u32),
    /// A part is taken back.
    Undo(u32),
}

impl Mark {
    /// As SQL, which both databases know.
    pub(crate) fn sql(self) -> String {
        match self {
            Mark::Commit => "COMMIT".to_owned(),
            Mark::Rollback => "ROLLBACK".to_owned(),
            Mark::Save(number) => format!("SAVEPOINT rover_{number}"),
            Mark::Release(number) => format!("RELEASE SAVEPOINT rover_{number}"),
            Mark::Undo(number) => {
                format!("ROLLBACK TO SAVEPOINT rover_{number}; RELEASE SAVEPOINT rover_{number}")
            }
        }
    }
}

impl Transaction {
    /// Begins a statement of the transaction.
    pub(crate) fn run(&self, query: Query) -> Answering {
        match self {
            #[cfg(feature = "sqlite")]
            Transaction::Sqlite(transaction) => transaction.run(query),
            #[cfg(feature = "postgres")]
            Transaction::Postgres(transaction) => transaction.run(query),
        }
    }

    pub(crate) fn mark(&self, mark: Mark) -> Answering<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Transaction::Sqlite(transaction) => transaction.mark(mark),
            #[cfg(feature = "postgres")]
            Transaction::Postgres(transaction) => transaction.mark(mark),
        }
    }
}

/// Rows that come in parts. Who drops it ends the query.
pub(crate) struct Cursor {
    parts: mpsc::Receiver<Result<Rows, WaitError>>,
    /// What an error becomes.
    told: Box<dyn Fn(WaitError) -> WaitError>,
}

/// Rows in one part.
pub(crate) const PART: usize = 256;

impl Cursor {
    /// A cursor, and where its parts are given to. The query ends where nobody takes them.
    pub(crate) fn new() -> (mpsc::Sender<Result<Rows, WaitError>>, Cursor) {
        let (sender, receiver) = mpsc::channel(1);
        let cursor = Cursor {
            parts: receiver,
            told: Box::new(|error| error),
        };
        (sender, cursor)
    }

    /// With another word for its errors.
    pub(crate) fn with(self, told: impl Fn(WaitError) -> WaitError + 'static) -> Self {
        Cursor {
            told: Box::new(told),
            ..self
        }
    }

    /// The next part; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Rows>, WaitError> {
        let part = self.parts.recv().await.transpose();
        part.map_err(&self.told)
    }
}
