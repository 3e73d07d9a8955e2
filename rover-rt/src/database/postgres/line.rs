//! A connection with its prepared statements. Statements follow one another on it without waiting
//! for the answers of those before.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use futures_core::Stream as _;
use tokio::sync::{Notify, OnceCell};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Connection, RowStream, Statement};

use super::connect::{Connected, Place};
use super::decode::Shape;
use super::encode::Bound;
use super::error::{PostgresError, is_last, why};
use super::tls::Encrypted;
use super::wire::{Traffic, Wire};
use crate::database::parameter::{Query, Want};
use crate::database::rows::{Columns, Rows};
use crate::wait::error::WaitError;

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;
/// Longer texts, such as inserts of many rows, are not kept.
const LONG: usize = 16 * 1024;
/// So much longer than its own time a statement is waited for: then the server is not there.
const GRACE: Duration = Duration::from_secs(2);
/// A statement that was prepared so lately is not prepared again for an error that a client may
/// cause as often as it likes.
const FRESH: Duration = Duration::from_secs(1);
/// How often a statement is prepared again, while tables change under it.
const ATTEMPTS: usize = 10;
/// How often it is looked at whether the server is there.
const TICK: Duration = Duration::from_secs(1);

pub(crate) struct Line {
    pub(crate) client: Client,
    place: Place,
    flight: Arc<Flight>,
    /// Nothing where statements have no names, as for a pooler between us and the server.
    statements: Option<Mutex<Statements>>,
    /// Results of statements without names, by the statement.
    shapes: Mutex<HashMap<Arc<str>, Arc<Shape>, rustc_hash::FxBuildHasher>>,
    /// Where its bytes are read and written.
    pub(crate) worker: ThreadId,
}

/// What is under way on a connection.
#[derive(Default)]
pub(crate) struct Flight {
    traffic: Arc<Traffic>,
    waiting: AtomicU32,
    /// When the last answer came, or the first statement began since there were none.
    since: AtomicU64,
    /// Whether somebody has left a statement before its answer.
    abandoned: AtomicBool,
    stop: Notify,
    /// Why it has ended.
    ended: OnceLock<String>,
}

/// Nanoseconds since the process's first look.
fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// A statement that is prepared.
pub(crate) struct Ready {
    pub(crate) statement: Statement,
    pub(crate) shape: Shape,
    since: Instant,
}

impl Ready {
    /// Whether tables may have changed since it was prepared.
    fn is_old(&self) -> bool {
        self.since.elapsed() > FRESH
    }
}

#[derive(Default)]
struct Statements {
    known: HashMap<Arc<str>, Entry, rustc_hash::FxBuildHasher>,
    uses: u64,
}

struct Entry {
    ready: Arc<OnceCell<Arc<Ready>>>,
    used: u64,
}

impl Statements {
    fn entry(&mut self, text: &Arc<str>) -> Arc<OnceCell<Arc<Ready>>> {
        self.uses += 1;
        let used = self.uses;
        if let Some(entry) = self.known.get_mut(text) {
            entry.used = used;
            return Arc::clone(&entry.ready);
        }
        if self.known.len() >= PREPARED {
            let oldest = self.known.iter().min_by_key(|(_, entry)| entry.used);
            if let Some(text) = oldest.map(|(text, _)| Arc::clone(text)) {
                self.known.remove(&text);
            }
        }
        let ready = Arc::default();
        let entry = Entry {
            ready: Arc::clone(&ready),
            used,
        };
        self.known.insert(Arc::clone(text), entry);
        ready
    }
}

impl Line {
    /// A connection that this thread's event loop looks after. Statements have so much time.
    pub(crate) fn open(connected: Connected, prepares: bool, time: Option<Duration>) -> Line {
        let flight = Arc::new(Flight {
            traffic: connected.traffic,
            ..Flight::default()
        });
        tokio::task::spawn_local(drive(connected.connection, Arc::clone(&flight), time));
        Line {
            client: connected.client,
            place: connected.place,
            flight,
            statements: prepares.then(Mutex::default),
            shapes: Mutex::default(),
            worker: std::thread::current().id(),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Whether its statements have names.
    pub(crate) fn prepares(&self) -> bool {
        self.statements.is_some()
    }

    /// Whether a statement runs that others would wait behind.
    pub(crate) fn is_stalled(&self, after: Duration) -> bool {
        let is_busy = self.flight.waiting.load(Ordering::Relaxed) > 0;
        let since = self.flight.since.load(Ordering::Relaxed);
        is_busy && u128::from(now().saturating_sub(since)) > after.as_nanos()
    }

    /// Whether a statement may run whose answer nobody waits for.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.flight.abandoned.load(Ordering::Relaxed)
    }

    /// Nothing runs any more.
    pub(crate) fn settle(&self) {
        self.flight.abandoned.store(false, Ordering::Relaxed);
    }

    pub(crate) fn flight(&self) -> Arc<Flight> {
        Arc::clone(&self.flight)
    }

    /// Ends the connection without a word to the server.
    pub(crate) fn cut(&self) {
        self.flight.stop.notify_one();
    }

    /// Stops what runs.
    pub(crate) async fn cancel(&self) -> Result<(), WaitError> {
        self.place.cancel(self.client.cancel_token()).await
    }

    /// Runs statements that give nothing.
    pub(crate) async fn batch(&self, text: &str) -> Result<(), PostgresError> {
        let turn = Turn::begin(&self.flight);
        let before = self.written();
        let done = self.client.batch_execute(text).await;
        turn.done();
        done.map_err(|error| self.failed(error, before))
    }

    /// Runs a statement that belongs to no transaction; one that is prepared for what the tables
    /// were before is prepared again. Also the time that it took the server.
    pub(crate) async fn run_alone(&self, query: &Query) -> (Result<Rows, PostgresError>, Duration) {
        let turn = Turn::begin(&self.flight);
        let mut result = self.ask(query).await;
        let mut attempt = 1;
        while let Err(error) = &result
            && self.is_worth_another(error, &query.text, attempt)
        {
            attempt += 1;
            self.forget(&query.text);
            result = self.ask(query).await;
        }
        (result, turn.done())
    }

    /// Runs a statement of a transaction.
    pub(crate) async fn run(&self, query: &Query) -> Result<Rows, PostgresError> {
        let turn = Turn::begin(&self.flight);
        let result = self.ask(query).await;
        turn.done();
        if let Err(error) = &result
            && self.is_worth_another(error, &query.text, 1)
        {
            self.forget(&query.text);
        }
        result
    }

    /// Whether a statement that has failed may succeed when it is prepared again.
    pub(crate) fn is_worth_another(
        &self,
        error: &PostgresError,
        text: &Arc<str>,
        attempt: usize,
    ) -> bool {
        match error.is_outdated() {
            true => attempt < ATTEMPTS,
            false => attempt == 1 && error.is_of_meaning() && self.is_old(text),
        }
    }

    /// Whether the statement was prepared a while ago.
    fn is_old(&self, text: &Arc<str>) -> bool {
        self.statements.as_ref().is_some_and(|statements| {
            let statements = statements.lock().unwrap_or_else(PoisonError::into_inner);
            let known = statements.known.get(text);
            let ready = known.and_then(|entry| entry.ready.get());
            ready.is_some_and(|ready| ready.is_old())
        })
    }

    async fn ask(&self, query: &Query) -> Result<Rows, PostgresError> {
        let Some(statements) = &self.statements else {
            return Box::pin(self.ask_unnamed(query)).await;
        };
        let mut ready = self.ready(statements, &query.text).await?;
        let mut sent = self.send(&ready, query).await;
        if sent.as_ref().is_err_and(PostgresError::is_unfit) && ready.is_old() {
            // A column may have got another type since.
            self.forget(&query.text);
            ready = self.ready(statements, &query.text).await?;
            sent = self.send(&ready, query).await;
        }
        self.collect(sent?, Some(&ready.shape), query).await
    }

    async fn send(&self, ready: &Ready, query: &Query) -> Result<RowStream, PostgresError> {
        let before = self.written();
        let values = query.values.iter().map(Bound);
        let sent = self.client.query_raw(&ready.statement, values).await;
        sent.map_err(|error| self.failed(error, before))
    }

    /// Runs a statement in one go, without a name that a server behind a pooler may not know.
    async fn ask_unnamed(&self, query: &Query) -> Result<Rows, PostgresError> {
        let before = self.written();
        let values = query
            .values
            .iter()
            .map(|value| (Bound(value), Type::UNKNOWN));
        let sent = self.client.query_typed_raw(&query.text, values).await;
        let stream = sent.map_err(|error| self.failed(error, before))?;
        self.collect(stream, None, query).await
    }

    /// The rows of a result. It is read to its end: only then it is known that all went well.
    async fn collect(
        &self,
        stream: RowStream,
        shape: Option<&Shape>,
        query: &Query,
    ) -> Result<Rows, PostgresError> {
        let columns = match shape {
            Some(shape) => Arc::clone(&shape.columns),
            None => Arc::new(Columns::new(std::iter::empty())),
        };
        let mut rows = Rows::new(columns, query.room);
        let mut kept = None;
        let mut stream = pin!(stream);
        let mut scratch = Vec::new();
        while let Some(row) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
            let row = row.map_err(|error| self.failed(error, 0))?;
            let is_wanted = match query.want {
                Want::All => true,
                Want::One | Want::Value => rows.count() == 0,
                Want::Count => false,
            };
            if !is_wanted {
                continue;
            }
            let shape = match shape {
                Some(shape) => shape,
                None => {
                    if kept.is_none() {
                        let shape = self.shape(&query.text, &row)?;
                        rows = Rows::new(Arc::clone(&shape.columns), query.room);
                        kept = Some(shape);
                    }
                    match &kept {
                        Some(shape) => shape,
                        None => continue,
                    }
                }
            };
            shape.push(&row, &mut rows, &mut scratch)?;
        }
        rows.changed = stream.rows_affected().unwrap_or(0);
        Ok(rows)
    }

    /// The shape of a statement's rows, the same one as long as its columns are.
    pub(crate) fn shape(
        &self,
        text: &Arc<str>,
        row: &tokio_postgres::Row,
    ) -> Result<Arc<Shape>, PostgresError> {
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shapes.get(text)
            && known.is_of(row.columns())
        {
            return Ok(Arc::clone(known));
        }
        if shapes.len() >= PREPARED {
            shapes.clear();
        }
        let shape = Arc::new(Shape::new(row.columns())?);
        shapes.insert(Arc::clone(text), Arc::clone(&shape));
        Ok(shape)
    }

    /// The statement as it is prepared.
    pub(crate) async fn prepared(&self, text: &Arc<str>) -> Result<Arc<Ready>, PostgresError> {
        match &self.statements {
            Some(statements) => self.ready(statements, text).await,
            None => self.prepare(text).await,
        }
    }

    /// A statement that is prepared already is given at once. Preparing has a place of its own in memory, as each
    /// statement under way would have room for it otherwise.
    async fn ready(
        &self,
        statements: &Mutex<Statements>,
        text: &Arc<str>,
    ) -> Result<Arc<Ready>, PostgresError> {
        if text.len() > LONG {
            return Box::pin(self.prepare(text)).await;
        }
        let entry = {
            let mut statements = statements.lock().unwrap_or_else(PoisonError::into_inner);
            statements.entry(text)
        };
        if let Some(ready) = entry.get() {
            return Ok(Arc::clone(ready));
        }
        // Others who want the same one wait for it.
        let prepared = Box::pin(entry.get_or_try_init(|| self.prepare(text)));
        let ready = prepared.await?;
        Ok(Arc::clone(ready))
    }

    async fn prepare(&self, text: &Arc<str>) -> Result<Arc<Ready>, PostgresError> {
        let prepared = self.client.prepare(text).await;
        // To prepare is not to run: it may be done again.
        let statement = prepared.map_err(|error| self.failed(error, u64::MAX))?;
        let shape = Shape::new(statement.columns())?;
        Ok(Arc::new(Ready {
            statement,
            shape,
            since: Instant::now(),
        }))
    }

    /// The statement is prepared again the next time.
    pub(crate) fn forget(&self, text: &Arc<str>) {
        if let Some(statements) = &self.statements {
            let mut statements = statements.lock().unwrap_or_else(PoisonError::into_inner);
            statements.known.remove(text);
        }
        self.client.clear_type_cache();
    }

    /// How many bytes the server was sent.
    pub(crate) fn written(&self) -> u64 {
        self.flight.traffic.written.load(Ordering::Relaxed)
    }

    /// An error; where the connection has ended, whether anything was sent since there were
    /// `before` bytes. Nothing was for `u64::MAX`.
    pub(crate) fn failed(&self, error: tokio_postgres::Error, before: u64) -> PostgresError {
        let is_io = || {
            let source = std::error::Error::source(&error);
            source.is_some_and(|source| source.is::<std::io::Error>())
        };
        let is_lost = match error.as_db_error() {
            Some(told) => is_last(told),
            None => error.is_closed() || is_io(),
        };
        if !is_lost {
            return error.into();
        }
        let why = match self.flight.ended.get() {
            Some(why) => why.clone(),
            None => why(&error),
        };
        let sent = before != u64::MAX && self.written() != before;
        PostgresError::Lost { why, sent }
    }
}

/// A statement's time on a connection.
pub(crate) struct Turn<'f> {
    flight: &'f Flight,
    began: u64,
    is_done: bool,
}

impl<'f> Turn<'f> {
    pub(crate) fn begin(flight: &'f Flight) -> Self {
        let began = now();
        if flight.waiting.fetch_add(1, Ordering::Relaxed) == 0 {
            flight.since.store(began, Ordering::Relaxed);
        }
        Turn {
            flight,
            began,
            is_done: false,
        }
    }

    /// It has its answer: the time since the one before it.
    pub(crate) fn done(mut self) -> Duration {
        self.is_done = true;
        let now = now();
        let last = self.flight.since.swap(now, Ordering::Relaxed);
        Duration::from_nanos(now.saturating_sub(last.max(self.began)))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.flight.waiting.fetch_sub(1, Ordering::Relaxed);
        if !self.is_done {
            self.flight.abandoned.store(true, Ordering::Relaxed);
        }
    }
}

/// Reads and writes until the connection ends, or the server has not answered for longer than a
/// statement may take.
async fn drive(
    mut connection: Connection<Wire, Encrypted>,
    flight: Arc<Flight>,
    time: Option<Duration>,
) {
    let why = tokio::select! {
        ended = &mut connection => match ended {
            Ok(()) => "the connection was closed".to_owned(),
            Err(error) => why(&error),
        },
        () = silence(&flight, time) => "the server does not answer".to_owned(),
        () = flight.stop.notified() => "the connection was closed".to_owned(),
    };
    // Who waits for an answer reads why there will be none.
    let _ = flight.ended.set(why);
    drop(connection);
}

/// Waits until statements wait longer than they may, and no byte comes.
async fn silence(flight: &Flight, time: Option<Duration>) {
    let Some(time) = time else {
        return std::future::pending().await;
    };
    let mut heard = (0, Instant::now());
    loop {
        tokio::time::sleep(TICK).await;
        let read = flight.traffic.read.load(Ordering::Relaxed);
        let is_waiting = flight.waiting.load(Ordering::Relaxed) > 0;
        if read != heard.0 || !is_waiting {
            heard = (read, Instant::now());
        }
        if heard.1.elapsed() > time + GRACE {
            return;
        }
    }
}
