//! A worker's own connection. What only reads runs on it at once; a query that takes longer than a
//! moment is stopped, and runs again on a thread beside the workers, and from then on there until it is short.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rover_model::sql::Verb;
use rustc_hash::FxHashMap;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::connection::{Clock, Connection, Purpose};
use super::error::{SqliteError, gone};
use super::shared::Shared;
use super::transaction::Transaction;
use super::writer::{Job, queued};
use crate::database::driver::{Answering, Began, Cursor, PART, waits_for_itself};
use crate::database::parameter::{Query, Want};
use crate::database::rows::Rows;
use crate::database::turn::within;
use crate::wait::error::WaitError;

/// So many queries are remembered to take long.
const SLOW: usize = 1024;
/// After so many runs one after the other that were short a query is none of these.
const SHORT: u32 = 16;

/// Queries that take longer than a moment, with how often they were short since.
type Slow = FxHashMap<Arc<str>, u32>;

/// A worker's way to a database.
pub(crate) struct Local {
    shared: Arc<Shared>,
    /// Opened at the first query.
    connection: RefCell<Option<Connection>>,
    slow: Rc<RefCell<Slow>>,
}

impl Local {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Local {
            shared,
            connection: RefCell::default(),
            slow: Rc::default(),
        }
    }

    /// Begins a statement.
    pub(crate) fn begin(&self, query: Query) -> Began {
        match self.on_this_thread(&query) {
            Ok(Here::Done(result)) => Began::Ready(result),
            Ok(Here::Slow) => Began::Later(self.beside(query)),
            Ok(Here::Writes) if query.inside => Began::Ready(Err(waits_for_itself())),
            Ok(Here::Writes) => Began::Later(self.write(query)),
            Err(error) => Began::Ready(Err(error)),
        }
    }

    fn on_this_thread(&self, query: &Query) -> Result<Here, WaitError> {
        let mut connection = self.connection.borrow_mut();
        let connection = match &mut *connection {
            Some(connection) => connection,
            None => {
                let opened = Connection::open(&self.shared.target, Purpose::Reads)?;
                // A worker waits for nobody.
                opened.set_patience(Duration::ZERO)?;
                connection.insert(opened)
            }
        };
        if query.verb == Verb::Alone {
            return Ok(Here::Writes);
        }
        if self.slow.borrow().contains_key(&query.text) {
            return Ok(Here::Slow);
        }
        connection.clock.set_moment();
        match connection.run(query) {
            Err(SqliteError::Writes) => Ok(Here::Writes),
            Err(error) if error.is_busy() => Ok(Here::Slow),
            Err(error) if error.is_interrupt() => {
                let mut slow = self.slow.borrow_mut();
                if slow.len() < SLOW {
                    slow.insert(Arc::clone(&query.text), 0);
                }
                Ok(Here::Slow)
            }
            result => Ok(Here::Done(result.map_err(Into::into))),
        }
    }

    /// Gives a statement to the writer.
    fn write(&self, query: Query) -> Answering {
        let alone = query.verb == Verb::Alone;
        let (job, answer) = queued(query, alone);
        let sent = self.shared.write(job);
        Box::pin(async move {
            sent?;
            answer.await.unwrap_or_else(|_| Err(gone()))
        })
    }

    /// Runs a query on a thread beside the workers.
    fn beside(&self, query: Query) -> Answering {
        let (shared, slow) = (Arc::clone(&self.shared), Rc::clone(&self.slow));
        Box::pin(async move {
            let permit = turn(&shared).await?;
            let (mut connection, stop) = ready(&shared)?;
            let text = Arc::clone(&query.text);
            let work = move || {
                let _permit = permit;
                let result = connection.run(&query);
                let was_short = connection.clock.was_short();
                shared.give_back(connection);
                (result, was_short)
            };
            let result = tokio::task::spawn_blocking(work).await;
            drop(stop);
            let (result, was_short) = result.map_err(|_| gone())?;
            learn(&mut slow.borrow_mut(), &text, was_short);
            result.map_err(Into::into)
        })
    }

    /// Begins a query whose rows come in parts.
    pub(crate) fn cursor(&self, query: Query) -> Cursor {
        let (parts, cursor) = Cursor::new();
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_local(async move {
            let permit = match turn(&shared).await {
                Ok(permit) => permit,
                Err(error) => {
                    let _ = parts.send(Err(error)).await;
                    return;
                }
            };
            let (mut connection, stop) = match ready(&shared) {
                Ok(ready) => ready,
                Err(error) => {
                    let _ = parts.send(Err(error)).await;
                    return;
                }
            };
            let closed = parts.clone();
            let work = move || {
                let _permit = permit;
                walk(&mut connection, &query, &parts);
                shared.give_back(connection);
            };
            let walking = tokio::task::spawn_blocking(work);
            tokio::select! {
                _ = walking => {}
                // Dropping `stop` ends what runs.
                () = closed.closed() => {}
            }
            drop(stop);
        });
        cursor
    }

    /// Begins a transaction.
    pub(crate) fn transaction(&self) -> Answering<Transaction> {
        let (sender, commands) = std::sync::mpsc::channel();
        let (begun, started) = oneshot::channel();
        let sent = self.shared.write(Job::Transaction { commands, begun });
        let timeout = self.shared.settings.options.timeout;
        Box::pin(async move {
            sent?;
            let started = within(timeout, started).await?;
            started.unwrap_or_else(|_| Err(gone()))?;
            Ok(Transaction(sender))
        })
    }
}

/// Forgets a query that takes long no more.
fn learn(slow: &mut Slow, text: &Arc<str>, was_short: bool) {
    let Some(count) = slow.get_mut(text) else {
        return;
    };
    *count = if was_short { *count + 1 } else { 0 };
    if *count >= SHORT {
        slow.remove(text);
    }
}

enum Here {
    Done(Result<Rows, WaitError>),
    Slow,
    Writes,
}

/// Waits for one of the connections that are for long queries.
async fn turn(shared: &Shared) -> Result<OwnedSemaphorePermit, WaitError> {
    let timeout = shared.settings.options.timeout;
    let permit = within(timeout, Arc::clone(&shared.readers).acquire_owned()).await?;
    permit.map_err(|_| gone())
}

/// A connection whose clock runs, and what stops its query when it is dropped.
fn ready(shared: &Shared) -> Result<(Connection, StopOnDrop), WaitError> {
    let mut connection = shared.reader()?;
    let clock = connection.renew_clock()?;
    clock.set(shared.statement_timeout());
    let stop = StopOnDrop(clock);
    Ok((connection, stop))
}

struct StopOnDrop(Arc<Clock>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Gives a query's rows on, in parts.
fn walk(
    connection: &mut Connection,
    query: &Query,
    parts: &tokio::sync::mpsc::Sender<Result<Rows, WaitError>>,
) {
    let query = Query {
        want: Want::All,
        ..query.clone()
    };
    let result = connection.step(&query, |rows, is_end| {
        if !is_end && rows.count() < PART {
            return Some(rows);
        }
        let empty = Rows::new(Arc::clone(&rows.columns), query.room);
        let is_taken = rows.count() == 0 || parts.blocking_send(Ok(rows)).is_ok();
        (is_taken && !is_end).then_some(empty)
    });
    if let Err(error) = result {
        let _ = parts.blocking_send(Err(error.into()));
    }
}
