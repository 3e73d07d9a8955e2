//! Transactions of a program's, each on a connection of its own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::error::{PostgresError, aborted};
use super::pool::Held;
use crate::database::driver::{Answering, Isolation, Mark};
use crate::database::parameter::Query;
use crate::wait::error::WaitError;

/// When it is dropped before its end, it is taken back.
pub(crate) struct Transaction(Rc<Open>);

struct Open {
    /// Nothing after its end.
    held: RefCell<Option<Rc<Held>>>,
    /// Whether a statement has failed: the server refuses all others then.
    has_failed: Cell<bool>,
}

impl Transaction {
    pub(crate) fn new(held: Held) -> Self {
        Transaction(Rc::new(Open {
            held: RefCell::new(Some(Rc::new(held))),
            has_failed: Cell::new(false),
        }))
    }

    pub(crate) fn run(&self, query: Query) -> Answering {
        let open = Rc::clone(&self.0);
        Box::pin(async move {
            let held = open.held.borrow().clone().ok_or_else(ended)?;
            let result = held.run(&query).await;
            result.map_err(|error| open.failed(error))
        })
    }

    pub(crate) fn mark(&self, mark: Mark) -> Answering<()> {
        let open = Rc::clone(&self.0);
        Box::pin(async move {
            match mark {
                Mark::Commit | Mark::Rollback => open.end(mark).await,
                Mark::Save(_) | Mark::Release(_) | Mark::Undo(_) => {
                    let held = open.held.borrow().clone().ok_or_else(ended)?;
                    let done = held.batch(&mark.sql()).await;
                    done.map_err(|error| open.failed(error))?;
                    if matches!(mark, Mark::Undo(_)) {
                        open.has_failed.set(false);
                    }
                    Ok(())
                }
            }
        })
    }
}

impl Open {
    fn failed(&self, error: PostgresError) -> WaitError {
        if error.is_refusal() {
            self.has_failed.set(true);
        }
        // Tables have changed since it was prepared: the whole may be done again.
        let is_outdated = error.is_outdated();
        let mut told = error.taken_back();
        if is_outdated {
            told.kind = "serialization";
            told.retryable = true;
        }
        told
    }

    async fn end(&self, mark: Mark) -> Result<(), WaitError> {
        let Some(held) = self.held.borrow_mut().take() else {
            return match mark {
                Mark::Rollback => Ok(()),
                _ => Err(ended()),
            };
        };
        // A statement that another fiber waits for has the connection, too: it is taken back when
        // that one is left.
        let held = match Rc::try_unwrap(held) {
            Ok(held) => held,
            Err(_) => return Err(busy()),
        };
        // The server says nothing when it takes back what was to be kept.
        let has_failed = self.has_failed.get();
        let does = match has_failed {
            true => Mark::Rollback,
            false => mark,
        };
        held.cancels.set(false);
        let done = held.batch(&does.sql()).await;
        match done {
            Ok(()) => held.give_back(),
            // It has taken the transaction back.
            Err(error) if error.is_refusal() => {
                held.give_back();
                return Err(error.into());
            }
            Err(error) if does == Mark::Rollback => return Err(error.taken_back()),
            Err(error) => return Err(error.into()),
        }
        match has_failed && mark == Mark::Commit {
            true => Err(aborted()),
            false => Ok(()),
        }
    }
}

fn ended() -> WaitError {
    WaitError::new("argument", "the transaction has ended")
}

fn busy() -> WaitError {
    WaitError::new(
        "argument",
        "a statement of the transaction still runs: it is taken back",
    )
}

/// How a transaction begins.
pub(crate) fn begin(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Standard => "BEGIN",
        Isolation::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
        Isolation::RepeatableRead => "BEGIN ISOLATION LEVEL REPEATABLE READ",
        Isolation::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
    }
}
