//! Transactions of a program's: while one is open, it has the writer to itself.

use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use tokio::sync::oneshot;

use super::connection::Connection;
use super::error::gone;
use crate::database::driver::{Answering, Mark};
use crate::database::parameter::Query;
use crate::database::rows::Rows;
use crate::wait::error::WaitError;

/// What a transaction's owner asks for.
pub(crate) enum Command {
    Run(Query, oneshot::Sender<Result<Rows, WaitError>>),
    Mark(Mark, oneshot::Sender<Result<(), WaitError>>),
}

/// The owner's side. When it is dropped the transaction is taken back.
pub(crate) struct Transaction(pub(crate) Sender<Command>);

impl Transaction {
    pub(crate) fn run(&self, query: Query) -> Answering {
        let (reply, answer) = oneshot::channel();
        let sent = self.0.send(Command::Run(query, reply));
        Box::pin(async move {
            sent.map_err(|_| gone())?;
            answer.await.unwrap_or_else(|_| Err(gone()))
        })
    }

    pub(crate) fn mark(&self, mark: Mark) -> Answering<()> {
        let (reply, answer) = oneshot::channel();
        let sent = self.0.send(Command::Mark(mark, reply));
        Box::pin(async move {
            sent.map_err(|_| gone())?;
            answer.await.unwrap_or_else(|_| Err(gone()))
        })
    }
}

/// Serves a transaction on the writer's thread until it ends.
pub(crate) fn serve(
    connection: &mut Connection,
    statement_timeout: Option<Duration>,
    commands: &Receiver<Command>,
    begun: oneshot::Sender<Result<(), WaitError>>,
) {
    if begun.is_closed() {
        return;
    }
    let started = connection.batch("BEGIN IMMEDIATE");
    let is_started = started.is_ok();
    if begun.send(started.map_err(Into::into)).is_err() || !is_started {
        take_back(connection);
        return;
    }
    while let Ok(command) = commands.recv() {
        match command {
            Command::Run(query, reply) => {
                if reply.is_closed() {
                    continue;
                }
                let result = match connection.is_autocommit() {
                    true => Err(taken_back()),
                    false => {
                        connection.clock.set(statement_timeout);
                        let result = connection.run(&query).map_err(Into::into);
                        connection.clock.set(None);
                        result
                    }
                };
                let _ = reply.send(result);
            }
            Command::Mark(mark, reply) => {
                let result = match connection.is_autocommit() {
                    true if mark == Mark::Rollback => Ok(()),
                    true => Err(taken_back()),
                    false => connection.batch(&mark.sql()).map_err(Into::into),
                };
                let ends = matches!(mark, Mark::Commit | Mark::Rollback);
                if ends {
                    // A commit that failed leaves it open.
                    take_back(connection);
                }
                let _ = reply.send(result);
                if ends {
                    return;
                }
            }
        }
    }
    take_back(connection);
}

fn take_back(connection: &Connection) {
    if !connection.is_autocommit() {
        let _ = connection.batch("ROLLBACK");
    }
}

/// SQLite itself ended the transaction, as it does where the disk is full.
fn taken_back() -> WaitError {
    WaitError::new(
        "storage",
        "the database has taken the transaction back after an error",
    )
}
