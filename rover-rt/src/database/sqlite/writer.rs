//! The thread that writes. It takes all that wait into one transaction, so that the more wait, the
//! cheaper each is.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::connection::{Connection, Purpose};
use super::error::SqliteError;
use super::target::Target;
use super::transaction::{Command, serve};
use crate::database::parameter::Query;
use crate::database::rows::Rows;
use crate::wait::error::WaitError;

/// Statements in one transaction.
const TOGETHER: usize = 256;

/// What the writer is given.
pub(crate) enum Job {
    /// A statement that stands by itself.
    Statement(Statement),
    /// A transaction of the program's, which has the database to itself until it ends.
    Transaction {
        commands: Receiver<Command>,
        begun: oneshot::Sender<Result<(), WaitError>>,
    },
}

/// A statement, and who waits for what it gives.
pub(crate) struct Statement {
    pub(crate) query: Query,
    /// It cannot be part of a transaction.
    pub(crate) alone: bool,
    pub(crate) reply: oneshot::Sender<Result<Rows, WaitError>>,
}

/// Starts the thread, which ends when nobody can give it a job any more.
pub(crate) fn start(
    target: &Target,
    statement_timeout: Option<Duration>,
) -> Result<Sender<Job>, WaitError> {
    let connection = Connection::open(target, Purpose::Writes)?;
    let (sender, jobs) = channel();
    let writer = Writer {
        connection,
        statement_timeout,
    };
    let thread = thread::Builder::new().name("rover-sqlite".to_owned());
    let started = thread.spawn(move || writer.work(&jobs));
    started.map_err(|error| WaitError::new("connect", format!("no thread can begin: {error}")))?;
    Ok(sender)
}

struct Writer {
    connection: Connection,
    statement_timeout: Option<Duration>,
}

impl Writer {
    fn work(mut self, jobs: &Receiver<Job>) {
        let mut next = None;
        while let Some(job) = next.take().or_else(|| jobs.recv().ok()) {
            match job {
                Job::Transaction { commands, begun } => {
                    serve(
                        &mut self.connection,
                        self.statement_timeout,
                        &commands,
                        begun,
                    );
                }
                Job::Statement(statement) if statement.alone => self.alone(statement),
                Job::Statement(first) => {
                    let mut group = vec![first];
                    while group.len() < TOGETHER {
                        match jobs.try_recv() {
                            Ok(Job::Statement(one)) if !one.alone => group.push(one),
                            Ok(other) => {
                                next = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.together(group);
                }
            }
        }
    }

    fn run(&mut self, query: &Query) -> Result<Rows, SqliteError> {
        self.connection.clock.set(self.statement_timeout);
        let result = self.connection.run(query);
        self.connection.clock.set(None);
        result
    }

    /// Runs a statement as its own transaction.
    fn alone(&mut self, statement: Statement) {
        if !statement.reply.is_closed() {
            let result = self.run(&statement.query);
            let _ = statement.reply.send(result.map_err(Into::into));
        }
    }

    /// Runs statements in one transaction. Each has its own result; where the database takes all
    /// of them back, those that are left run one by one.
    fn together(&mut self, mut group: Vec<Statement>) {
        group.retain(|statement| !statement.reply.is_closed());
        if group.len() < 2 {
            group.into_iter().for_each(|only| self.alone(only));
            return;
        }
        if let Err(error) = self.connection.batch("BEGIN IMMEDIATE") {
            let error: WaitError = error.into();
            for statement in group {
                let _ = statement.reply.send(Err(error.clone()));
            }
            return;
        }
        let mut results = Vec::with_capacity(group.len());
        for statement in &group {
            results.push(self.run(&statement.query));
            if self.connection.is_autocommit() {
                break;
            }
        }
        let kept = !self.connection.is_autocommit() && self.connection.batch("COMMIT").is_ok();
        if kept {
            for (statement, result) in group.into_iter().zip(results) {
                let _ = statement.reply.send(result.map_err(Into::into));
            }
            return;
        }
        if !self.connection.is_autocommit() {
            let _ = self.connection.batch("ROLLBACK");
        }
        group.into_iter().for_each(|one| self.alone(one));
    }
}

/// A statement's place in the queue, and what comes of it.
pub(crate) fn queued(
    query: Query,
    alone: bool,
) -> (Job, oneshot::Receiver<Result<Rows, WaitError>>) {
    let (reply, answer) = oneshot::channel();
    let statement = Statement {
        query,
        alone,
        reply,
    };
    (Job::Statement(statement), answer)
}
