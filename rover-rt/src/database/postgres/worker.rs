//! Which connection a worker's statements take: the one that they follow one another on, or one of
//! their own.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::error::{PostgresError, lost};
use super::lane::Lane;
use super::line::Line;
use super::pool::{Held, Left, sweep};
use super::shared::Shared;
use super::transaction::{Transaction, begin};
use crate::database::driver::Isolation;
use crate::database::parameter::Query;
use crate::database::rows::Rows;
use crate::database::turn::within;
use crate::wait::error::WaitError;

/// A statement that takes longer has a connection of its own the next time: none waits behind it.
const SLOW: Duration = Duration::from_millis(50);
/// One that has become quicker follows the others again.
const QUICK: Duration = Duration::from_millis(10);
/// While a statement runs for so long, others have connections of their own.
const STALL: Duration = Duration::from_millis(10);
/// So many slow statements are remembered.
const REMEMBERED: usize = 1024;
/// How often a statement is tried that was never sent, as the connection had ended before.
const ATTEMPTS: usize = 3;

pub(crate) struct Worker {
    shared: Arc<Shared>,
    lane: RefCell<Option<Arc<Lane>>>,
    slow: RefCell<HashSet<Arc<str>>>,
    sweeper: OnceCell<mpsc::UnboundedSender<Left>>,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Worker {
            shared,
            lane: RefCell::default(),
            slow: RefCell::default(),
            sweeper: OnceCell::new(),
        }
    }

    /// Whether a transaction leaves no connection for another statement.
    pub(crate) fn has_one_connection(&self) -> bool {
        self.shared.settings.options.max_connections == 1
    }

    /// Runs a statement that stands by itself. What is rare has a place of its own in memory, so that a statement under
    /// way takes little.
    pub(crate) async fn run(&self, query: &Query) -> Result<Rows, WaitError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let result = match self.follows(query) {
                Some(lane) => {
                    let line = match lane.open() {
                        Some(line) => line,
                        None => Box::pin(lane.line(async || self.shared.line().await)).await?,
                    };
                    let (result, took) = line.run_alone(query).await;
                    self.learn(query, took);
                    result
                }
                None => Box::pin(self.alone(query)).await?,
            };
            match result {
                Err(error) if error.is_unsent() && attempt < ATTEMPTS => {}
                result => return result.map_err(Into::into),
            }
        }
    }

    /// The lane that a statement follows others on; nothing where it has a connection of its own.
    fn follows(&self, query: &Query) -> Option<Arc<Lane>> {
        // A pooler gives each statement another server: there is nothing to follow.
        if !self.shared.settings.options.prepare || self.slow.borrow().contains(&query.text) {
            return None;
        }
        let mut lane = self.lane.borrow_mut();
        if lane.is_none() {
            *lane = self.shared.lane();
        }
        let lane = lane.as_ref()?;
        let is_stalled = lane.open().is_some_and(|line| line.is_stalled(STALL));
        let is_room = || self.shared.permits.available_permits() > 0;
        (!is_stalled || !is_room()).then(|| Arc::clone(lane))
    }

    fn learn(&self, query: &Query, took: Duration) {
        if took > SLOW {
            let mut slow = self.slow.borrow_mut();
            if slow.len() < REMEMBERED {
                slow.insert(Arc::clone(&query.text));
            }
        }
    }

    /// Runs a statement on a connection of its own.
    async fn alone(&self, query: &Query) -> Result<Result<Rows, PostgresError>, WaitError> {
        let held = self.hold().await?;
        let time = match held.prepares() {
            true => None,
            false => self.shared.statement_timeout(),
        };
        let (result, took) = match time {
            None => held.run_alone(query).await,
            // The session has no limit, as it is not ours. What is left is cancelled.
            Some(time) => match tokio::time::timeout(time, held.run_alone(query)).await {
                Ok(done) => done,
                Err(_) => return Ok(Err(PostgresError::TimedOut)),
            },
        };
        if took < QUICK {
            self.slow.borrow_mut().remove(&query.text);
        }
        held.give_back();
        Ok(result)
    }

    /// A connection of one's own, which is waited for.
    pub(crate) async fn hold(&self) -> Result<Held, WaitError> {
        let timeout = self.shared.settings.options.timeout;
        let permits = Arc::clone(&self.shared.permits);
        let permit = within(timeout, permits.acquire_owned()).await?;
        let permit = permit.map_err(|_| lost("the process ends"))?;
        let line = self.shared.line().await?;
        let shared = Arc::clone(&self.shared);
        Ok(Held::new(shared, line, permit, self.sweeper()))
    }

    fn sweeper(&self) -> mpsc::UnboundedSender<Left> {
        let sweeper = self.sweeper.get_or_init(|| {
            let (sweeper, left) = mpsc::unbounded_channel();
            tokio::task::spawn_local(sweep(Arc::clone(&self.shared), left));
            sweeper
        });
        sweeper.clone()
    }

    pub(crate) async fn transaction(&self, isolation: Isolation) -> Result<Transaction, WaitError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let held = self.hold().await?;
            match held.batch(&self.opening(&held, isolation)).await {
                Ok(()) => return Ok(Transaction::new(held)),
                // One that was idle has ended meanwhile. Nothing is open, so that nothing is lost.
                Err(PostgresError::Lost { .. }) if attempt < ATTEMPTS => {}
                Err(error) => return Err(error.taken_back()),
            }
        }
    }

    fn opening(&self, line: &Line, isolation: Isolation) -> String {
        let begin = begin(isolation);
        match (
            line.prepares(),
            self.shared.settings.options.statement_timeout,
        ) {
            (false, time @ 1..) => format!("{begin}; SET LOCAL statement_timeout = {time}"),
            _ => begin.to_owned(),
        }
    }
}
