//! How long requests wait for their worker, which runs one handler after the other.
//!
//! Connections that have become ready stand in a queue, first in the system and then in the
//! event loop. From time to time a probe is put at its end: a byte on a connection of the
//! worker with itself. How long the queue is, is told by how long the probe waits. What
//! the longest single turn took of that does not count: it may be one handler that was
//! stopped at its deadline, for which its neighbours need not pay.

use std::cell::Cell;
use std::io::{self, Write};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::time::Duration;

use tokio::net::UnixStream;

/// The least time between two probes, in milliseconds.
const PAUSE: u64 = 20;

/// A worker's measure of its own delay.
pub(crate) struct Lag {
    /// In milliseconds; 0 for any delay.
    most: u64,
    /// The two ends of the probe's way.
    start: StdUnixStream,
    end: StdUnixStream,
    waits: Cell<bool>,
    /// When the probe was sent last, and when the last turn began.
    sent: Cell<u64>,
    turn: Cell<u64>,
    longest: Cell<u64>,
    /// Requests that were turned away since they were counted last.
    refused: Cell<u64>,
}

impl Lag {
    pub(crate) fn new(most: u64) -> io::Result<Self> {
        let (start, end) = StdUnixStream::pair()?;
        start.set_nonblocking(true)?;
        end.set_nonblocking(true)?;
        Ok(Lag {
            most,
            start,
            end,
            waits: Cell::new(false),
            sent: Cell::new(0),
            turn: Cell::new(0),
            longest: Cell::new(0),
            refused: Cell::new(0),
        })
    }

    /// A connection's turn begins: whether its requests have come too late.
    pub(crate) fn is_late(&self) -> bool {
        self.most > 0 && self.late_at(now())
    }

    fn late_at(&self, now: u64) -> bool {
        let turn = now.saturating_sub(self.turn.replace(now));
        if self.waits.get() {
            self.longest.set(self.longest.get().max(turn));
            let waited = now.saturating_sub(self.sent.get());
            return waited.saturating_sub(self.longest.get()) > self.most;
        }
        if now.saturating_sub(self.sent.get()) >= PAUSE {
            self.waits.set((&self.start).write(&[0]).is_ok());
            self.sent.set(now);
            self.longest.set(0);
        }
        false
    }

    /// Notes a request that was turned away.
    pub(crate) fn refuse(&self) {
        self.refused.set(self.refused.get() + 1);
    }

    /// How many requests were turned away since the last call.
    pub(crate) fn take_refused(&self) -> u64 {
        self.refused.take()
    }

    /// Takes the probes that have come through the queue.
    pub(crate) async fn probe(&self) -> io::Result<()> {
        let end = UnixStream::from_std(self.end.try_clone()?)?;
        loop {
            end.readable().await?;
            if end.try_read(&mut [0; 16]).is_ok() {
                self.waits.set(false);
            }
        }
    }
}

/// Milliseconds of a clock that costs next to nothing to read and moves every few.
fn now() -> u64 {
    #[cfg(target_os = "linux")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::MonotonicCoarse;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(CLOCK);
    let time = Duration::new(time.tv_sec as u64, time.tv_nsec as u32);
    time.as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_turns_are_late_and_a_long_one_is_not() {
        let lag = Lag::new(1000).unwrap();
        assert!(!lag.late_at(5000));
        // The probe is in the queue, and somebody's handler takes two seconds.
        assert!(!lag.late_at(7000));
        assert!(!lag.late_at(7100));
        lag.waits.set(false);
        // The same time in small turns.
        let late = (0..200).map(|turn| lag.late_at(8000 + turn * 10));
        let late: Vec<bool> = late.collect();
        assert!(!late[100]);
        assert!(late[110]);
        lag.waits.set(false);
        assert!(!lag.late_at(10_000), "the queue has an end");
    }

    #[test]
    fn it_can_be_off() {
        let lag = Lag::new(0).unwrap();
        assert!(!lag.is_late());
        assert!(!lag.waits.get());
    }
}
