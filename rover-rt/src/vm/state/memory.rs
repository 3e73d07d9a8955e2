//! The memory that a VM may take, and what of it a request's Rust code holds.
//!
//! A refusal is Lua's error "not enough memory", raised by whoever asked; code that no
//! protected call surrounds, or that must not be left by an error, runs [`relax`]ed.
//!
//! [`relax`]: Memory::relax

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;

use mlua::ffi::{self, lua_State};

use crate::vm::state::deadline::{Deadline, Pace};

/// After so many new bytes the clock is looked at.
const CLOCK_EVERY: usize = 4 << 20;
/// Above this share of the limit garbage is collected as fast as can be: LuaJIT waits until
/// twice what lives is there, and makes small steps, which may be too late or too few.
const PRESSED_PERCENT: usize = 50;
/// The work of a collector's step, in percent of LuaJIT's unit: its default, and such as
/// ends a cycle of some 100 000 objects in a few steps.
const STEP: [c_int; 2] = [200, 100_000];
/// What has to be there before the next collection, in percent of what lived after the last:
/// LuaJIT's default, and little more than that.
const PAUSE: [c_int; 2] = [200, 110];
/// What is still given after the deadline: enough for an error and its way out.
const LATE: usize = 64 << 10;
/// Less than this is given above the limit, too, up to a quarter more: the next budget that
/// is used up finds it (see [`Loan::is_over`]). LuaJIT refuses well what is large, such as
/// strings and parts of tables; where a closure's upvalue is refused, the closure is given
/// back with a size that it did not have (`lj_func.c`).
const SMALL: usize = 4 << 10;

/// What gives Lua its blocks, and the data that it is called with.
pub(crate) type Allocator = (ffi::lua_Alloc, *mut c_void);

/// A VM's account.
pub(crate) struct Memory {
    limit: Cell<usize>,
    used: Cell<usize>,
    /// What was used after the last full collection.
    kept: Cell<usize>,
    relaxed: Cell<bool>,
    refused: Cell<bool>,
    /// The size of a block that was refused because it is more than one may be; else 0.
    too_large: Cell<usize>,
    since_clock: Cell<usize>,
    /// Collections are in haste.
    pressed: Cell<bool>,
    state: Cell<*mut lua_State>,
    /// The allocator that was there before.
    next: Cell<Option<Allocator>>,
}

impl Memory {
    /// Without a limit until the program is loaded.
    pub(crate) fn new() -> Self {
        Memory {
            limit: Cell::new(0),
            used: Cell::new(0),
            kept: Cell::new(0),
            relaxed: Cell::new(true),
            refused: Cell::new(false),
            too_large: Cell::new(0),
            since_clock: Cell::new(0),
            pressed: Cell::new(false),
            state: Cell::new(ptr::null_mut()),
            next: Cell::new(None),
        }
    }

    /// Sets the limit in bytes; 0 for none.
    pub(crate) fn set_limit(&self, limit: usize) {
        self.limit.set(limit);
    }

    /// The largest piece, whatever is free: one step of a program, such as joining two
    /// strings, may then take a few milliseconds and no more.
    pub(crate) fn largest(&self) -> usize {
        match self.limit.get() {
            0 => usize::MAX,
            limit => limit / 2,
        }
    }

    /// The longest string that a function of the library makes: while it does there is a
    /// buffer beside it, which may be twice as large.
    pub(crate) fn longest(&self) -> usize {
        match self.limit.get() {
            0 => usize::MAX,
            limit => limit / 4,
        }
    }

    /// Whether more is used than a share of the limit, in percent.
    pub(crate) fn above(&self, percent: usize) -> bool {
        let limit = self.limit.get();
        limit > 0 && self.used.get() > limit / 100 * percent
    }

    /// Whether a request has left much that is probably garbage: LuaJIT refuses memory
    /// without looking for any, and collecting it takes time of the request that does.
    pub(crate) fn is_littered(&self) -> bool {
        let kept = self.kept.get();
        self.above(PRESSED_PERCENT) && self.used.get() > kept + kept / 2
    }

    /// All garbage was collected.
    pub(crate) fn collected(&self) {
        self.kept.set(self.used.get());
    }

    /// Lets the collector hasten or not.
    fn press(&self) {
        let pressed = self.above(PRESSED_PERCENT);
        if pressed != self.pressed.get() {
            self.pressed.set(pressed);
            // SAFETY: the calls set numbers in the state, which lives; the last lets the
            // collector's next step come at once.
            unsafe {
                let pause = PAUSE[usize::from(pressed)];
                ffi::lua_gc(self.state.get(), ffi::LUA_GCSETPAUSE, pause);
                ffi::lua_gc(
                    self.state.get(),
                    ffi::LUA_GCSETSTEPMUL,
                    STEP[usize::from(pressed)],
                );
                if pressed {
                    ffi::lua_gc(self.state.get(), ffi::LUA_GCRESTART, 0);
                }
            }
        }
    }

    /// Whether something was refused since the last time this was asked.
    pub(crate) fn take_refused(&self) -> bool {
        self.refused.take()
    }

    /// Why the running call's last error was that there is not enough memory.
    pub(crate) fn explain(&self) -> String {
        let limit = self.limit.get();
        match self.too_large.take() {
            0 => format!("not enough memory (`memory_limit` is {limit} bytes)"),
            size => format!(
                "not enough memory: {size} bytes for one string or table are more than half of \
                 `memory_limit` ({limit} bytes)"
            ),
        }
    }

    /// Ends refusals, or begins them; gives what was before.
    pub(crate) fn relax(&self, relaxed: bool) -> bool {
        self.relaxed.replace(relaxed)
    }

    /// Whether so many bytes may be added to what is used.
    pub(crate) fn has_room(&self, more: usize) -> bool {
        let limit = self.limit.get();
        limit == 0 || self.used.get().saturating_add(more) <= limit
    }

    /// How many bytes may be added to what is used.
    pub(crate) fn free(&self) -> usize {
        match self.limit.get() {
            0 => usize::MAX,
            limit => limit.saturating_sub(self.used.get()),
        }
    }

    /// Collects all garbage.
    ///
    /// # Safety
    /// `state` is a live thread, in a C function or outside of any call, and memory is not
    /// refused.
    pub(crate) unsafe fn collect(&self, state: *mut lua_State) {
        // SAFETY: the thread lives and is not inside the collector. Programs have no finalizers,
        // so no code of theirs runs; ours free schemas and raise nothing.
        unsafe { ffi::lua_gc(state, ffi::LUA_GCCOLLECT, 0) };
    }

    /// As [`Self::has_room`] where garbage is collected before it is said that there is no room.
    ///
    /// # Safety
    /// `state` is the running thread, in a C function or outside of any call, and memory is not
    /// refused.
    pub(crate) unsafe fn makes_room(&self, state: *mut lua_State, more: usize) -> bool {
        if self.has_room(more) {
            return true;
        }
        // SAFETY: the caller has relaxed memory, on this thread, so that a full collection may
        // run and raises no error.
        unsafe { self.collect(state) };
        let room = self.has_room(more);
        if !room {
            self.refused.set(true);
        }
        room
    }

    /// Rust code holds so many bytes for the program, beside Lua's own.
    pub(crate) fn hold(&self, bytes: usize) {
        self.used.set(self.used.get() + bytes);
        self.press();
    }

    /// It holds them no longer.
    pub(crate) fn release(&self, bytes: usize) {
        self.used.set(self.used.get().saturating_sub(bytes));
    }

    /// Whether so many bytes may be added for a block of a size.
    pub(crate) fn grants(
        &self,
        (size, growth): (usize, usize),
        deadline: &Deadline,
        pace: &Pace,
    ) -> bool {
        // Fresh blocks of a power of two are the table of strings, which the collector makes
        // smaller, too: an error that leaves a collection inside compiled code finds a state
        // that LuaJIT does not expect (`lj_trace_unwind`).
        if self.relaxed.get() || (size == growth && size.is_power_of_two()) {
            return true;
        }
        let limit = self.limit.get();
        let room = if growth < SMALL { limit / 4 } else { 0 };
        let full = limit > 0 && (self.used.get() + growth > limit + room || size > limit / 2);
        if full || (growth >= LATE && deadline.has_passed()) {
            self.refused.set(true);
            if limit > 0 && size > limit / 2 {
                self.too_large.set(size);
            }
            return false;
        }
        self.press();
        let since = self.since_clock.get() + growth;
        self.since_clock.set(since);
        if since < CLOCK_EVERY {
            return true;
        }
        self.since_clock.set(0);
        !(pace.check(deadline) && growth >= LATE)
    }

    /// A block of `had` bytes has `has` bytes now.
    pub(crate) fn count(&self, had: usize, has: usize) {
        // Blocks from before the account began are given back, too.
        self.used.set((self.used.get() + has).saturating_sub(had));
    }

    /// The account of a state begins, whose blocks `next` gives.
    pub(crate) fn open(&self, state: *mut lua_State, next: Allocator) {
        self.state.set(state);
        self.next.set(Some(next));
    }

    /// What gives the blocks.
    pub(crate) fn next(&self) -> Option<Allocator> {
        self.next.get()
    }
}

/// What Rust code holds of a VM's memory for one request.
#[derive(Default)]
pub(crate) struct Loan {
    lent: Cell<usize>,
    /// Rust code that cannot raise an error had no room for it.
    exceeded: Cell<bool>,
}

impl Loan {
    /// What is held has grown by so many bytes; whether there is room for them. Where there is
    /// none, the request fails.
    pub(crate) fn lend(&self, memory: &Memory, bytes: usize) -> bool {
        if !memory.has_room(bytes) {
            self.exceed(memory);
            return false;
        }
        self.lent.set(self.lent.get() + bytes);
        memory.hold(bytes);
        true
    }

    /// Changes places with that of another request.
    pub(crate) fn swap(&self, other: &Loan) {
        self.lent.swap(&other.lent);
        self.exceeded.swap(&other.exceeded);
    }

    /// So many bytes are free again.
    pub(crate) fn reclaim(&self, memory: &Memory, bytes: usize) {
        let bytes = bytes.min(self.lent.get());
        self.lent.set(self.lent.get() - bytes);
        memory.release(bytes);
    }

    /// There was no room for what would have been held: the request fails.
    #[cold]
    pub(crate) fn exceed(&self, memory: &Memory) {
        memory.refused.set(true);
        self.exceeded.set(true);
    }

    /// Nothing is held any more; whether there was something, and whether there was no room for
    /// it.
    pub(crate) fn take_back(&self, memory: &Memory) -> (bool, bool) {
        let lent = self.lent.take();
        memory.release(lent);
        let exceeded = self.exceeded.take();
        (lent > 0 || exceeded, exceeded)
    }

    /// Whether what was given has gone over the limit; it is noted.
    pub(crate) fn is_over(&self, memory: &Memory) -> bool {
        let over = memory.above(100) || self.exceeded.get();
        if over {
            memory.refused.set(true);
        }
        over
    }

    /// Whether what lives is over the limit, where memory was not refused: garbage is
    /// collected before that is said.
    ///
    /// # Safety
    /// `state` is the running thread, in a C function, and memory is not refused.
    pub(crate) unsafe fn is_full(&self, memory: &Memory, state: *mut lua_State) -> bool {
        if !memory.above(100) {
            return false;
        }
        // SAFETY: the caller runs in a C function of this thread with memory relaxed, so that
        // a full collection may run and raises no error.
        unsafe { memory.collect(state) };
        self.is_over(memory)
    }
}
