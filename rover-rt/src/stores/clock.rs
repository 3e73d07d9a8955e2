//! The time by which entries end: it never goes back, whatever is done to the system's clock.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// An entry that does not end.
pub(crate) const NEVER: u64 = u64::MAX;

/// Milliseconds since it was made.
pub(crate) struct Clock {
    start: Instant,
    #[cfg(test)]
    ahead: AtomicU64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Clock {
            start: Instant::now(),
            #[cfg(test)]
            ahead: AtomicU64::new(0),
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.elapsed().as_millis() as u64
    }

    /// The same in nanoseconds.
    pub(crate) fn nanoseconds(&self) -> u64 {
        self.elapsed().as_nanos() as u64
    }

    fn elapsed(&self) -> Duration {
        let elapsed = self.start.elapsed();
        #[cfg(test)]
        let elapsed = elapsed + Duration::from_millis(self.ahead.load(Ordering::Relaxed));
        elapsed
    }

    /// So many milliseconds pass at once.
    #[cfg(test)]
    pub(crate) fn advance(&self, milliseconds: u64) {
        self.ahead.fetch_add(milliseconds, Ordering::Relaxed);
    }
}
