//! Times by which calls end.
//!
//! Most calls end long before their time, so a timer that has been set is not unset: the next call
//! takes it over. When it goes off too early for that one, it is set anew.

use std::cell::RefCell;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// So many timers are kept for other calls.
const MOST_KEPT: usize = 256;
/// Longer than any server runs.
const EVER: Duration = Duration::from_secs(1 << 30);

#[derive(Default)]
pub(super) struct Timers(RefCell<Vec<Pin<Box<Sleep>>>>);

impl Timers {
    /// A time that begins now.
    pub(super) fn within(&self, time: Duration) -> Deadline<'_> {
        Deadline {
            timers: self,
            at: Instant::now() + time.min(EVER),
            timer: None,
        }
    }
}

/// When a call ends at the latest.
pub(super) struct Deadline<'a> {
    timers: &'a Timers,
    at: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline<'_> {
    /// Ready when the time is over. It is asked after what has the time, and may not hang on how much the
    /// task was allowed to do in this turn: that could be used up each time.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let at = self.at;
        let timer = self.timer.get_or_insert_with(|| {
            let kept = self.timers.0.borrow_mut().pop();
            let kept = kept.map(|mut timer| {
                if timer.is_elapsed() || timer.deadline() > at {
                    timer.as_mut().reset(at);
                }
                timer
            });
            kept.unwrap_or_else(|| Box::pin(tokio::time::sleep_until(at)))
        });
        loop {
            ready!(Pin::new(&mut tokio::task::unconstrained(timer.as_mut())).poll(cx));
            if timer.deadline() >= at {
                return Poll::Ready(());
            }
            timer.as_mut().reset(at);
        }
    }
}

impl Drop for Deadline<'_> {
    fn drop(&mut self) {
        let mut kept = self.timers.0.borrow_mut();
        if let Some(timer) = self.timer.take()
            && kept.len() < MOST_KEPT
        {
            kept.push(timer);
        }
    }
}
