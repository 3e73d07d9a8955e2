//! A connection with its prepared statements, and a clock that stops what takes too long.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rover_model::sql::Verb;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, OpenFlags, Statement, ToSql};

use super::error::SqliteError;
use super::target::Target;
use crate::database::parameter::{Parameter, Query, Want};
use crate::database::rows::{Cell, Columns, Rows};

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;
/// The clock is looked at after so many instructions of SQLite's: some ten microseconds.
const INSTRUCTIONS: i32 = 1000;
/// How long another process may hold the database.
const BUSY: Duration = Duration::from_secs(5);

/// When a connection's statement is stopped.
#[derive(Default)]
pub(crate) struct Clock {
    /// Nanoseconds since the process's first look at it; 0 for never.
    until: AtomicU64,
    cancelled: AtomicBool,
}

impl Clock {
    fn now() -> u64 {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_nanos() as u64 + 1
    }

    /// The statement that begins has so much time.
    pub(crate) fn set(&self, time: Option<Duration>) {
        let until = time.map_or(0, |time| Clock::now() + time.as_nanos() as u64);
        self.until.store(until, Ordering::Relaxed);
    }

    /// What runs is to end.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        self.cancelled.load(Ordering::Relaxed) || (until != 0 && Clock::now() > until)
    }
}

/// A connection.
pub(crate) struct Connection {
    raw: rusqlite::Connection,
    pub(crate) clock: Arc<Clock>,
    purpose: Purpose,
    /// The columns of results, by the statement.
    columns: HashMap<Arc<str>, Arc<Columns>, rustc_hash::FxBuildHasher>,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Reads,
    Writes,
    /// Tables may be made anew that others refer to.
    Migrations,
}

impl Connection {
    /// Opens a database, which is made where there is none.
    pub(crate) fn open(target: &Target, purpose: Purpose) -> Result<Self, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let raw = rusqlite::Connection::open_with_flags(&target.path, flags)?;
        raw.busy_timeout(BUSY)?;
        raw.set_prepared_statement_cache_capacity(PREPARED);
        raw.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        raw.pragma_update(None, "synchronous", target.synchronous)?;
        raw.pragma_update(None, "foreign_keys", purpose != Purpose::Migrations)?;
        raw.pragma_update(None, "query_only", purpose == Purpose::Reads)?;
        let mut connection = Connection {
            raw,
            clock: Arc::default(),
            purpose,
            columns: HashMap::default(),
        };
        connection.renew_clock()?;
        Ok(connection)
    }

    /// A clock that nobody else has: what stopped the last statement does not stop the next.
    pub(crate) fn renew_clock(&mut self) -> Result<Arc<Clock>, rusqlite::Error> {
        let clock = Arc::new(Clock::default());
        let watched = Arc::clone(&clock);
        let is_over = move || watched.is_over();
        self.raw.progress_handler(INSTRUCTIONS, Some(is_over))?;
        self.clock = Arc::clone(&clock);
        Ok(clock)
    }

    /// Runs statements that give nothing.
    pub(crate) fn batch(&self, text: &str) -> Result<(), rusqlite::Error> {
        self.raw.execute_batch(text)
    }

    /// Whether no transaction is open.
    pub(crate) fn is_autocommit(&self) -> bool {
        self.raw.is_autocommit()
    }

    /// How long a statement waits where another process has locked the database.
    pub(crate) fn set_patience(&self, time: Duration) -> Result<(), rusqlite::Error> {
        self.raw.busy_timeout(time)
    }

    pub(crate) fn raw(&self) -> &rusqlite::Connection {
        &self.raw
    }

    /// Runs a statement.
    pub(crate) fn run(&mut self, query: &Query) -> Result<Rows, SqliteError> {
        let before = self.raw.total_changes();
        let mut whole = None;
        self.step(query, |rows, is_end| {
            if is_end {
                whole = Some(rows);
                return None;
            }
            match query.want {
                Want::All | Want::Count => Some(rows),
                Want::One | Want::Value => {
                    whole = Some(rows);
                    None
                }
            }
        })?;
        let Some(mut rows) = whole else {
            return Err(SqliteError::TimedOut);
        };
        let after = self.raw.total_changes();
        if after != before {
            // Without what triggers have changed.
            rows.changed = self.raw.changes();
            rows.last_id = (query.verb == Verb::Insert).then(|| self.raw.last_insert_rowid());
        }
        Ok(rows)
    }

    /// Runs a statement, and gives its rows after each one: `next` gives them back, or others, for
    /// the next one, or ends it. The last time there is no other row.
    pub(crate) fn step(
        &mut self,
        query: &Query,
        mut next: impl FnMut(Rows, bool) -> Option<Rows>,
    ) -> Result<(), SqliteError> {
        let mut statement = self.raw.prepare_cached(&query.text)?;
        if self.purpose == Purpose::Reads && !statement.readonly() {
            return Err(SqliteError::Writes);
        }
        for (value, index) in query.values.iter().zip(1..) {
            statement.raw_bind_parameter(index, Bound(value))?;
        }
        let columns = columns(&mut self.columns, &query.text, &statement);
        let kinds = kinds(&statement);
        let shows = query.want != Want::Count;
        let mut rows = Rows::new(Arc::clone(&columns), query.room);
        let mut stepping = statement.raw_query();
        while let Some(row) = stepping.next()? {
            if !shows {
                continue;
            }
            for (index, kind) in kinds.iter().enumerate() {
                push(&mut rows, row.get_ref(index)?, *kind)?;
            }
            match next(rows, false) {
                Some(given) => rows = given,
                None => return Ok(()),
            }
        }
        next(rows, true);
        Ok(())
    }
}

/// What a column's declaration says of its values, beyond what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Nothing,
    Boolean,
    Json,
}

fn kinds(statement: &Statement<'_>) -> smallvec::SmallVec<[Declared; 16]> {
    let columns = statement.columns();
    let kind = |column: rusqlite::Column<'_>| match column.decl_type() {
        Some(name) if name.eq_ignore_ascii_case("boolean") => Declared::Boolean,
        Some(name) if name.eq_ignore_ascii_case("bool") => Declared::Boolean,
        Some(name) if name.eq_ignore_ascii_case("json") => Declared::Json,
        _ => Declared::Nothing,
    };
    columns.map(kind).collect()
}

fn columns(
    known: &mut HashMap<Arc<str>, Arc<Columns>, rustc_hash::FxBuildHasher>,
    text: &Arc<str>,
    statement: &CachedStatement<'_>,
) -> Arc<Columns> {
    let names = || statement.column_names();
    if let Some(columns) = known.get(text)
        && names().len() == columns.names.len()
        && names().zip(&columns.names).all(|(a, b)| *a == **b)
    {
        return Arc::clone(columns);
    }
    if known.len() >= PREPARED {
        known.clear();
    }
    let columns = Arc::new(Columns::new(names()));
    known.insert(Arc::clone(text), Arc::clone(&columns));
    columns
}

fn push(rows: &mut Rows, value: ValueRef<'_>, declared: Declared) -> Result<(), SqliteError> {
    match (value, declared) {
        (ValueRef::Null, _) => rows.push(Cell::Null)?,
        (ValueRef::Integer(value @ 0..=1), Declared::Boolean) => {
            rows.push(Cell::Boolean(value == 1))?;
        }
        (ValueRef::Integer(value), _) => rows.push(Cell::Integer(value))?,
        (ValueRef::Real(value), _) => rows.push(Cell::Real(value))?,
        (ValueRef::Text(text), Declared::Json) => rows.push_json(text)?,
        (ValueRef::Text(bytes) | ValueRef::Blob(bytes), _) => rows.push_text(bytes)?,
    }
    Ok(())
}

/// A parameter as SQLite takes it.
struct Bound<'p>(&'p Parameter);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Parameter::Null => ToSqlOutput::Owned(Value::Null),
            Parameter::Boolean(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Parameter::Integer(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Parameter::Real(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Parameter::Json(text) => ToSqlOutput::Borrowed(ValueRef::Text(text)),
            Parameter::Text(text) => ToSqlOutput::Borrowed(match std::str::from_utf8(text) {
                Ok(_) => ValueRef::Text(text),
                Err(_) => ValueRef::Blob(text),
            }),
            // The front makes JSON of lists that are not spread.
            Parameter::List(_) => ToSqlOutput::Owned(Value::Null),
        })
    }
}
