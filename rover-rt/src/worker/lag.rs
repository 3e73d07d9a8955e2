//! How long requests wait for their worker, which runs one handler after the other.
//!
//! A connection waits from the moment at which the event loop finds its socket readable, or
//! accepts it, until its task has its turn: its [`Ready`] notes the first, in the waker that
//! stands at the socket. What the longest single turn of late took of that does not count:
//! it may be one handler that was stopped at its deadline, for which its neighbours need not
//! pay.
//!
//! The event loop looks at its sockets between rounds of 61 tasks, which is late where each
//! of them runs a handler. So a round has a budget of time: tasks that come after it is spent
//! go back to the queue's end, until the event loop has looked.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Wake, Waker};

use tokio::sync::Notify;

use crate::time::clock::Moment;

/// For handlers, between two looks at the sockets, in milliseconds.
const BUDGET: u64 = 8;

/// A worker's measure of its own delay.
pub(crate) struct Lag {
    moment: Arc<Moment>,
    /// In milliseconds; 0 for any delay.
    most: u64,
    /// The longest turn of late, and when it ended.
    longest: Cell<u64>,
    ended: Cell<u64>,
    /// Of the budget.
    spent: Cell<u64>,
    round: Arc<Round>,
    /// Requests that were turned away since they were counted last.
    refused: Cell<u64>,
}

/// The end of a round, as the runtime's own queue sees it: its tasks have their turn after
/// those of the connections and before the look at the sockets.
#[derive(Default)]
struct Round {
    wanted: Notify,
    over: AtomicBool,
}

impl Lag {
    pub(crate) fn new(most: u64, moment: Arc<Moment>) -> Self {
        Lag {
            moment,
            most,
            longest: Cell::new(0),
            ended: Cell::new(0),
            spent: Cell::new(0),
            round: Arc::default(),
            refused: Cell::new(0),
        }
    }

    pub(crate) fn moment(&self) -> &Arc<Moment> {
        &self.moment
    }

    /// The time, as the worker knows it.
    pub(crate) fn now(&self) -> u64 {
        self.moment.now()
    }

    /// Whether a request has waited for too long, in milliseconds.
    pub(crate) fn is_late(&self, waited: u64) -> bool {
        self.most > 0 && waited > self.most + self.longest.get()
    }

    /// Whether a request has waited for so long that its client may have given up.
    pub(crate) fn is_doubtful(&self, waited: u64) -> bool {
        self.most > 0 && waited > self.most / 2
    }

    /// Whether the event loop should look at its sockets before the next handler runs.
    pub(crate) fn is_spent(&self) -> bool {
        if self.spent.get() < BUDGET {
            return false;
        }
        // Only this thread's tasks set and read it.
        let over = self.round.over.swap(false, Ordering::Relaxed);
        if over {
            self.spent.set(0);
        }
        !over
    }

    /// Notes a turn of a connection, by its begin and its end.
    pub(crate) fn turn(&self, start: u64, end: u64) {
        let turn = end.saturating_sub(start);
        let longest = self.longest.get();
        let age = end.saturating_sub(self.ended.get());
        if turn >= longest || age > self.most + longest {
            self.longest.set(turn);
            self.ended.set(end);
        }
        let before = self.spent.replace(self.spent.get() + turn);
        if before < BUDGET && before + turn >= BUDGET {
            self.round.wanted.notify_one();
        }
    }

    /// Tells the ends of rounds for as long as it is polled; not a task of the connections'
    /// queue.
    pub(crate) fn rounds(&self) -> impl Future<Output = ()> + Send + use<> {
        let round = Arc::clone(&self.round);
        async move {
            loop {
                round.wanted.notified().await;
                round.over.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Counts requests that are turned away.
    pub(crate) fn refused(&self) -> &Cell<u64> {
        &self.refused
    }

    /// Counts one.
    pub(crate) fn refuse(&self) {
        self.refused.set(self.refused.get() + 1);
    }

    /// How many requests were turned away since the last call.
    pub(crate) fn take_refused(&self) -> u64 {
        self.refused.take()
    }
}

/// Since when a connection has been ready: what its socket wakes instead of its task.
pub(crate) struct Ready {
    task: Waker,
    moment: Arc<Moment>,
    /// 0 where it is not.
    since: AtomicU64,
}

impl Ready {
    pub(crate) fn new(task: &Waker, moment: &Arc<Moment>) -> Arc<Self> {
        Arc::new(Ready {
            task: task.clone(),
            moment: Arc::clone(moment),
            since: AtomicU64::new(0),
        })
    }

    pub(crate) fn take(&self) -> u64 {
        // A load and a store cost less than an exchange. What is lost between them was
        // woken by another thread, and there is none.
        let since = self.since.load(Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
        since
    }
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.since.load(Ordering::Relaxed) == 0 {
            self.since.store(self.moment.now(), Ordering::Relaxed);
        }
        self.task.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_turns_are_late_and_a_long_one_is_not() {
        let lag = Lag::new(1000, Arc::default());
        for turn in 0..200 {
            lag.turn(5000 + turn * 10, 5010 + turn * 10);
        }
        assert!(!lag.is_late(1000));
        assert!(lag.is_late(1011));
        // Somebody's handler takes two seconds.
        lag.turn(7000, 9000);
        assert!(!lag.is_late(2100), "a neighbour pays for it");
        lag.turn(9000, 9010);
        assert!(!lag.is_late(2100), "a neighbour pays for it");
        lag.turn(12_000, 12_010);
        assert!(lag.is_late(2100), "it is not forgotten");
    }

    #[test]
    fn it_can_be_off() {
        assert!(!Lag::new(0, Arc::default()).is_late(1_000_000));
        assert!(!Lag::new(0, Arc::default()).is_doubtful(1_000_000));
    }

    #[test]
    fn a_round_has_a_budget() {
        let lag = Lag::new(1000, Arc::default());
        lag.turn(5000, 5004);
        assert!(!lag.is_spent());
        lag.turn(5004, 5008);
        assert!(lag.is_spent());
        assert!(lag.is_spent());
        lag.round.over.store(true, Ordering::Relaxed);
        assert!(!lag.is_spent());
        assert!(!lag.is_spent());
    }

    #[test]
    fn a_connection_is_ready_from_its_first_wake_on() {
        let ready = Ready::new(Waker::noop(), &Arc::default());
        assert_eq!(ready.take(), 0);
        Waker::from(Arc::clone(&ready)).wake_by_ref();
        assert!(ready.take() > 0);
        assert_eq!(ready.take(), 0);
        ready.since.store(1, Ordering::Relaxed);
        Waker::from(Arc::clone(&ready)).wake();
        assert_eq!(ready.take(), 1);
    }
}
