//! A connection with its prepared statements, and a clock that stops what takes too long.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rover_model::sql::Verb;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{OpenFlags, Statement, StatementStatus, ToSql};
use rustc_hash::FxHashMap;

use super::error::SqliteError;
use super::target::Target;
use crate::database::parameter::{Parameter, Query, Want};
use crate::database::rows::{Cell, Columns, Rows};

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;
/// The clock is looked at after so many instructions of SQLite's: some ten microseconds.
const INSTRUCTIONS: i32 = 1000;
/// So many looks are a moment, which a query may keep a worker from others.
const MOMENT: u32 = 20;
/// What a moment may take where single instructions are long.
const MOMENT_TIME: Duration = Duration::from_millis(2);
/// How long another process may hold the database.
const BUSY: Duration = Duration::from_secs(5);

/// When a connection's statement is stopped.
#[derive(Default)]
pub(crate) struct Clock {
    /// Nanoseconds since the process's first look at it; 0 for never.
    until: AtomicU64,
    /// How often it was looked at since the statement began, and how often it may be; 0 for any number.
    looks: AtomicU32,
    most: AtomicU32,
    cancelled: AtomicBool,
}

impl Clock {
    fn now() -> u64 {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_nanos() as u64 + 1
    }

    fn begin(&self, until: u64, most: u32) {
        self.until.store(until, Ordering::Relaxed);
        self.looks.store(0, Ordering::Relaxed);
        self.most.store(most, Ordering::Relaxed);
    }

    /// The statement that begins has so much time.
    pub(crate) fn set(&self, time: Option<Duration>) {
        let until = time.map_or(0, |time| Clock::now() + time.as_nanos() as u64);
        self.begin(until, 0);
    }

    /// The statement that begins has a moment: so many instructions. The time counts too from the first look on, so that one which
    /// is short reads no clock, and is not stopped where the thread has to wait for its core.
    pub(crate) fn set_moment(&self) {
        self.begin(0, MOMENT);
    }

    /// Whether the statement that ran took less than half a moment.
    pub(crate) fn was_short(&self) -> bool {
        self.looks.load(Ordering::Relaxed) <= MOMENT / 2
    }

    /// What runs is to end.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        let looks = self.looks.load(Ordering::Relaxed).saturating_add(1);
        self.looks.store(looks, Ordering::Relaxed);
        let most = self.most.load(Ordering::Relaxed);
        if most > 0 && looks == 1 {
            let until = Clock::now() + MOMENT_TIME.as_nanos() as u64;
            self.until.store(until, Ordering::Relaxed);
        }
        let until = self.until.load(Ordering::Relaxed);
        self.cancelled.load(Ordering::Relaxed)
            || (most > 0 && looks > most)
            || (until != 0 && Clock::now() > until)
    }
}

/// A connection.
pub(crate) struct Connection {
    raw: rusqlite::Connection,
    pub(crate) clock: Arc<Clock>,
    purpose: Purpose,
    /// What was last asked for by [`Connection::keep_plans`].
    keeps_plans: bool,
    /// What the rows of statements are, by their texts.
    shapes: FxHashMap<Arc<str>, Shape>,
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
            keeps_plans: false,
            shapes: FxHashMap::default(),
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

    /// Whether a statement's plan is the same for all values. Where it may not be, SQLite (which is built with
    /// `STAT4`) prepares many a statement again for each value, and that takes longer than most of them run. Only
    /// what is `like` a parameter finds its index that way.
    fn keep_plans(&mut self, kept: bool) -> Result<(), rusqlite::Error> {
        if self.keeps_plans != kept {
            let option = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
            self.keeps_plans = self.raw.set_db_config(option, kept)?;
        }
        Ok(())
    }

    /// How often SQLite has prepared a statement again by itself.
    #[cfg(test)]
    pub(crate) fn prepared_again(&self, text: &str) -> Option<i32> {
        self.shapes.get(text).map(|shape| shape.prepared)
    }

    /// Runs a statement, and gives its rows after each one: `next` gives them back, or others, for
    /// the next one, or ends it. The last time there is no other row.
    pub(crate) fn step(
        &mut self,
        query: &Query,
        mut next: impl FnMut(Rows, bool) -> Option<Rows>,
    ) -> Result<(), SqliteError> {
        self.keep_plans(!has_patterns(query.text.as_bytes()))?;
        let mut statement = self.raw.prepare_cached(&query.text)?;
        if self.purpose == Purpose::Reads && !statement.readonly() {
            return Err(SqliteError::Writes);
        }
        for (value, index) in query.values.iter().zip(1..) {
            statement.raw_bind_parameter(index, Bound(value))?;
        }
        let mut shape = shape(&mut self.shapes, &query.text, &statement);
        let shows = query.want != Want::Count;
        let mut rows = Rows::new(Arc::clone(&shape.columns), query.room);
        let mut stepping = statement.raw_query();
        while let Some(row) = stepping.next()? {
            if !shows {
                continue;
            }
            // The first step may find that tables have changed.
            let prepared = times_prepared(row.as_ref());
            if prepared != shape.prepared {
                shape = Shape::of(row.as_ref());
                self.shapes.insert(Arc::clone(&query.text), shape.clone());
                rows = Rows::new(Arc::clone(&shape.columns), query.room);
            }
            for (index, kind) in shape.kinds.iter().enumerate() {
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

/// Whether a statement's text has `like` or `glob`.
fn has_patterns(text: &[u8]) -> bool {
    // Of the letters of each, the one that is seldom in statements.
    let has = |word: &[u8; 4], rare: usize| {
        let letter = word[rare];
        let mut found = memchr::memchr2_iter(letter, letter.to_ascii_uppercase(), text);
        found.any(|at| {
            let start = at.checked_sub(rare);
            let there = start.and_then(|start| text.get(start..start + word.len()));
            there.is_some_and(|there| there.eq_ignore_ascii_case(word))
        })
    };
    has(b"like", 2) || has(b"glob", 3)
}

/// What a column's declaration says of its values, beyond what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Nothing,
    Boolean,
    Json,
}

/// What a statement's rows are.
#[derive(Clone)]
struct Shape {
    columns: Arc<Columns>,
    kinds: Arc<[Declared]>,
    /// How often SQLite had prepared the statement again by itself, as it does where tables have changed.
    prepared: i32,
}

impl Shape {
    fn of(statement: &Statement<'_>) -> Shape {
        let kind = |column: rusqlite::Column<'_>| match column.decl_type() {
            Some(name) if name.eq_ignore_ascii_case("boolean") => Declared::Boolean,
            Some(name) if name.eq_ignore_ascii_case("bool") => Declared::Boolean,
            Some(name) if name.eq_ignore_ascii_case("json") => Declared::Json,
            _ => Declared::Nothing,
        };
        Shape {
            columns: Arc::new(Columns::new(statement.column_names())),
            kinds: statement.columns().map(kind).collect(),
            prepared: times_prepared(statement),
        }
    }
}

fn times_prepared(statement: &Statement<'_>) -> i32 {
    statement.get_status(StatementStatus::RePrepare)
}

/// What the rows of a statement are: as they were the last time, unless it was prepared since.
fn shape(
    known: &mut FxHashMap<Arc<str>, Shape>,
    text: &Arc<str>,
    statement: &Statement<'_>,
) -> Shape {
    let is_new = statement.get_status(StatementStatus::Run) == 0;
    if !is_new
        && let Some(shape) = known.get(text)
        && shape.prepared == times_prepared(statement)
    {
        return shape.clone();
    }
    if known.len() >= PREPARED {
        known.clear();
    }
    let shape = Shape::of(statement);
    // The same columns stay the same, by which others know them.
    let shape = match known.get(text) {
        Some(before) if *before.columns == *shape.columns => Shape {
            columns: Arc::clone(&before.columns),
            ..shape
        },
        _ => shape,
    };
    known.insert(Arc::clone(text), shape.clone());
    shape
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
