//! A worker's coarse clock.

use std::cell::{Cell, Ref, RefCell};
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
