//! A worker's coarse clocks: ticks with the date, and milliseconds.

use std::cell::{Cell, Ref, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How often the clock looks at the time.
pub(crate) const TICK: Duration = Duration::from_millis(50);
const TICKS_PER_SECOND: u32 = 20;

/// Ticks since its start, and the `date` header.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    ticks: Cell<u32>,
    date_line: RefCell<String>,
    second: Cell<u32>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Clock {
            start: Instant::now(),
            ticks: Cell::new(0),
            date_line: RefCell::new(date_line()),
            second: Cell::new(0),
        }
    }

    /// Ticks since the start, as of the last look.
    pub(crate) fn ticks(&self) -> u32 {
        self.ticks.get()
    }

    /// The line of the `date` header, with its end, as of the last look.
    pub(crate) fn date_line(&self) -> Ref<'_, str> {
        Ref::map(self.date_line.borrow(), String::as_str)
    }

    /// Looks at the time; whether a second has passed.
    pub(crate) fn look(&self) -> bool {
        let ticks = (self.start.elapsed().as_millis() / TICK.as_millis()) as u32;
        self.ticks.set(ticks);
        let second = ticks / TICKS_PER_SECOND;
        let passed = self.second.replace(second) != second;
        if passed {
            *self.date_line.borrow_mut() = date_line();
        }
        passed
    }
}

fn date_line() -> String {
    format!("date: {}\r\n", httpdate::fmt_http_date(SystemTime::now()))
}

/// A time in ticks; nothing where it is unlimited.
pub(crate) fn ticks(millis: u64) -> Option<u32> {
    let tick = TICK.as_millis() as u64;
    (millis > 0).then(|| u32::try_from(millis.div_ceil(tick)).unwrap_or(u32::MAX))
}

/// How long so many bytes may take at a rate, in ticks, and the bytes that make no tick.
pub(crate) fn ticks_of(bytes: u64, rate: u64) -> (u32, u64) {
    let per_second = u64::from(TICKS_PER_SECOND);
    let ticks = bytes.saturating_mul(per_second) / rate;
    let rest = bytes.saturating_sub(ticks * rate / per_second);
    (u32::try_from(ticks).unwrap_or(u32::MAX), rest)
}

/// The time as a worker knows it: it looks at the clock at the end of each turn, and before
/// the first one after a sleep. Between two turns next to no time passes.
#[derive(Default)]
pub(crate) struct Moment {
    /// 0 where it must look. Only the worker's thread sets and reads it.
    last: AtomicU64,
}

impl Moment {
    pub(crate) fn now(&self) -> u64 {
        match self.last.load(Ordering::Relaxed) {
            0 => self.look(),
            last => last,
        }
    }

    pub(crate) fn look(&self) -> u64 {
        let now = now();
        self.last.store(now, Ordering::Relaxed);
        now
    }

    /// The worker is about to sleep: what it knows will not be true when it wakes.
    pub(crate) fn sleep(&self) {
        self.last.store(0, Ordering::Relaxed);
    }
}

/// Milliseconds, never 0, of a clock that costs next to nothing to read and moves every few.
pub(crate) fn now() -> u64 {
    #[cfg(target_os = "linux")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::MonotonicCoarse;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(CLOCK);
    let time = Duration::new(time.tv_sec as u64, time.tv_nsec as u32);
    (time.as_millis() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_known_until_the_next_sleep() {
        let moment = Moment::default();
        let first = moment.now();
        assert!(first > 0);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(moment.now(), first);
        let second = moment.look();
        assert!(second > first);
        assert_eq!(moment.now(), second);
        std::thread::sleep(Duration::from_millis(20));
        moment.sleep();
        assert!(moment.now() > second);
    }
}
