//! The time that a handler has: see `budget` in the compiler.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::time::pulse::Pulse;

/// The running call's deadline.
#[derive(Default)]
pub(crate) struct Deadline {
    /// Milliseconds of CPU time; 0 for any.
    limit: Cell<u32>,
    /// When the clock was first looked at, as it is only where a call runs for long, and the
    /// CPU time when it was the second time: most calls end before, and that clock costs a
    /// system call.
    start: Cell<Option<Instant>>,
    cpu: Cell<Option<Duration>>,
    passed: Cell<bool>,
}

/// How much is done until the clock is looked at again. It goes on from one call to the next.
#[derive(Default)]
pub(crate) struct Pace {
    /// CallSteps of the library's own work until the clock is looked at.
    steps: Cell<u32>,
    /// The last budget that was given, and when, which may have been to another call.
    budget: Cell<u32>,
    given: Cell<Option<Instant>>,
    /// Whoever looks at the clock lives.
    pulse: Arc<Pulse>,
}

/// A loop has at most so many rounds between two looks at the clock ...
const MOST_ROUNDS: u32 = 1000;
/// ... and fewer where they take longer than so many microseconds together.
const ROUNDS_MICROS: u32 = 100;

/// So many steps take about a tenth of a millisecond.
const STEPS: u32 = 20_000;

impl Deadline {
    /// A call begins.
    pub(crate) fn begin(&self, limit: u32) {
        self.limit.set(limit);
        self.start.set(None);
        self.cpu.set(None);
        self.passed.set(false);
    }

    /// The call is over: code that runs outside of any has all the time there is.
    pub(crate) fn end(&self) {
        self.limit.set(0);
    }

    /// Ends the time of the running call now.
    pub(crate) fn expire(&self) {
        self.passed.set(true);
    }

    pub(crate) fn has_passed(&self) -> bool {
        self.passed.get()
    }

    pub(crate) fn limit(&self) -> Duration {
        Duration::from_millis(self.milliseconds().into())
    }

    pub(crate) fn milliseconds(&self) -> u32 {
        self.limit.get()
    }

    /// Changes places with that of another request.
    pub(crate) fn swap(&self, other: &Deadline) {
        self.limit.swap(&other.limit);
        self.start.swap(&other.start);
        self.cpu.swap(&other.cpu);
        self.passed.swap(&other.passed);
    }

    /// Whether it has passed, by a look at the clock.
    fn look(&self, now: Instant) -> bool {
        if self.limit.get() == 0 || self.passed.get() {
            return self.passed.get();
        }
        let Some(start) = self.start.get() else {
            self.start.set(Some(now));
            return false;
        };
        let Some(cpu) = self.cpu.get() else {
            self.cpu.set(Some(cpu_time()));
            return false;
        };
        // The wall clock first: it costs no system call. A thread that waits for a core
        // has had less than it shows.
        let limit = self.limit();
        let wall = now.saturating_duration_since(start);
        if wall >= limit && cpu_time().saturating_sub(cpu) >= limit {
            self.passed.set(true);
        }
        self.passed.get()
    }
}

impl Pace {
    pub(crate) fn new(pulse: Arc<Pulse>) -> Self {
        Pace {
            pulse,
            ..Pace::default()
        }
    }

    /// The next step of the library's looks at the clock.
    pub(crate) fn hurry(&self) {
        self.steps.set(0);
    }

    /// The library has done so much; whether there is time for more.
    pub(crate) fn spend(&self, deadline: &Deadline, steps: u32) -> bool {
        match self.steps.get().checked_sub(steps) {
            Some(left) => {
                self.steps.set(left);
                true
            }
            None => {
                self.steps.set(STEPS);
                !self.check(deadline)
            }
        }
    }

    /// The rounds until the next look at the clock; none where the time is over. A round may
    /// hold a step that is long and cannot be stopped, such as a comparison of long strings.
    pub(crate) fn next_budget(&self, deadline: &Deadline, now: Instant) -> u32 {
        if self.check_at(deadline, now) {
            return 0;
        }
        // What rounds are left goes from one call to the next. The time between two calls
        // counts for theirs: it makes budgets small only where there is little to do.
        let took = match self.given.replace(Some(now)) {
            Some(before) => now.saturating_duration_since(before).as_micros(),
            None => u128::MAX,
        };
        let took = u32::try_from(took).unwrap_or(u32::MAX);
        let next = adapted(self.budget.get().max(1), took);
        self.budget.set(next);
        next
    }

    /// Whether the deadline has passed.
    pub(crate) fn check(&self, deadline: &Deadline) -> bool {
        self.check_at(deadline, Instant::now())
    }

    fn check_at(&self, deadline: &Deadline, now: Instant) -> bool {
        self.pulse.beat();
        deadline.look(now)
    }
}

/// The next budget after one that took so many microseconds.
fn adapted(budget: u32, took: u32) -> u32 {
    match took <= ROUNDS_MICROS {
        true => (budget * 2).min(MOST_ROUNDS),
        false => (u64::from(budget) * u64::from(ROUNDS_MICROS) / u64::from(took)).max(1) as u32,
    }
}

/// The CPU time of this thread.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_rounds_are_few() {
        assert_eq!(adapted(1000, 10), 1000);
        assert_eq!(adapted(1000, 100), 1000);
        assert_eq!(adapted(1000, 1000), 100);
        assert_eq!(adapted(100, 10_000), 1);
        assert_eq!(adapted(1, u32::MAX), 1);
        assert_eq!(adapted(1, 10), 2);
        assert_eq!(adapted(900, 10), 1000);
    }

    #[test]
    fn there_are_rounds_until_the_time_is_over() {
        let (deadline, pace) = (Deadline::default(), Pace::default());
        let now = Instant::now();
        deadline.begin(60_000);
        assert!(pace.next_budget(&deadline, now) > 0);
        assert!(pace.next_budget(&deadline, now) > 0);
        deadline.expire();
        assert_eq!(pace.next_budget(&deadline, now), 0);
        deadline.begin(0);
        assert!(pace.next_budget(&deadline, now) > 0);
    }

    /// One look each would cost more than most of them.
    #[test]
    fn short_calls_share_a_budget() {
        let (deadline, pace) = (Deadline::default(), Pace::default());
        let mut now = Instant::now();
        let mut budget = 0;
        for _ in 0..20 {
            deadline.begin(60_000);
            now += Duration::from_micros(10);
            budget = pace.next_budget(&deadline, now);
            deadline.end();
        }
        assert_eq!(budget, MOST_ROUNDS);
        deadline.begin(60_000);
        assert_eq!(
            pace.next_budget(&deadline, now + Duration::from_millis(1)),
            100
        );
    }
}
