//! The time that a handler has: see `budget` in the compiler.

use std::cell::Cell;
use std::ffi::c_void;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mlua::ffi::lua_State;
use rustix::time::{ClockId, clock_gettime};

use crate::time::pulse::Pulse;
use crate::vm::native::unwind;
use crate::vm::state::vm::{Shared, shared};

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
    /// Steps of the library's own work until the clock is looked at.
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
    pub(crate) fn new(pulse: Arc<Pulse>) -> Self {
        Deadline {
            pulse,
            ..Deadline::default()
        }
    }

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
        self.steps.set(0);
    }

    pub(crate) fn has_passed(&self) -> bool {
        self.passed.get()
    }

    pub(crate) fn limit(&self) -> Duration {
        Duration::from_millis(self.limit.get().into())
    }

    /// The library has done so much; whether there is time for more.
    pub(crate) fn spend(&self, steps: u32) -> bool {
        match self.steps.get().checked_sub(steps) {
            Some(left) => {
                self.steps.set(left);
                true
            }
            None => {
                self.steps.set(STEPS);
                !self.check()
            }
        }
    }

    /// The rounds until the next look at the clock; none where the time is over. A round may
    /// hold a step that is long and cannot be stopped, such as a comparison of long strings.
    fn next_budget(&self, now: Instant) -> u32 {
        if self.check_at(now) {
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

    pub(crate) fn check(&self) -> bool {
        self.check_at(Instant::now())
    }

    fn check_at(&self, now: Instant) -> bool {
        self.pulse.beat();
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

/// Raises the error of a deadline that has passed.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(crate) unsafe fn raise(state: *mut lua_State, shared: &Shared) -> ! {
    if shared.panicked.get() {
        // SAFETY: as the caller's.
        unsafe { unwind::panicked(state) }
    }
    let mut text = [0; 64];
    let mut rest = &mut text[..];
    let seconds = shared.deadline.limit().as_secs_f64();
    // It has room for the longest number.
    let _ = write!(rest, "the handler's deadline of {seconds} s has passed");
    let length = 64 - rest.len();
    // SAFETY: as the caller's.
    unsafe { unwind::fail(state, &text[..length]) }
}

/// What the log says of a handler whose error was caught.
pub(crate) fn told(shared: &Shared) -> String {
    let seconds = shared.deadline.limit().as_secs_f64();
    format!(
        "the handler's deadline of {seconds} s has passed: it has caught the error and returned \
         nothing"
    )
}

/// The next budget of a loop; 0 where the running call's deadline has passed. Called through
/// the FFI.
pub(crate) unsafe extern "C" fn budget(vm: *const c_void) -> u32 {
    // SAFETY: lowered code gives the address that `start` gave it.
    let shared = unsafe { shared(vm) };
    unwind::pure_or_default(shared, || shared.deadline.next_budget(Instant::now()))
}

/// The running call's deadline in milliseconds. Called through the FFI.
pub(crate) unsafe extern "C" fn limit(vm: *const c_void) -> u32 {
    // SAFETY: see `budget`.
    let shared = unsafe { shared(vm) };
    unwind::pure_or_default(shared, || shared.deadline.limit.get())
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
        let deadline = Deadline::default();
        let now = Instant::now();
        deadline.begin(60_000);
        assert!(deadline.next_budget(now) > 0);
        assert!(deadline.next_budget(now) > 0);
        deadline.expire();
        assert_eq!(deadline.next_budget(now), 0);
        deadline.begin(0);
        assert!(deadline.next_budget(now) > 0);
    }

    /// One look each would cost more than most of them.
    #[test]
    fn short_calls_share_a_budget() {
        let deadline = Deadline::default();
        let mut now = Instant::now();
        let mut budget = 0;
        for _ in 0..20 {
            deadline.begin(60_000);
            now += Duration::from_micros(10);
            budget = deadline.next_budget(now);
            deadline.end();
        }
        assert_eq!(budget, MOST_ROUNDS);
        deadline.begin(60_000);
        assert_eq!(deadline.next_budget(now + Duration::from_millis(1)), 100);
    }
}
