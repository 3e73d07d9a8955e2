//! What the running request waits for, and what it has begun beside itself.

use std::cell::{Cell, RefCell};
use std::ffi::c_int;

#[cfg(feature = "database")]
use crate::vm::state::databases::HeldDatabases;
use crate::vm::state::stores::Making;
use crate::wait::operation::Operation;

/// Where natives leave what the running request waits for, until its task takes it.
#[derive(Default)]
pub(crate) struct Waits {
    /// The request runs in a coroutine of its own, which may be suspended.
    pub(crate) may: Cell<bool>,
    /// What runs was cancelled: no wait begins any more.
    pub(crate) cancelled: Cell<bool>,
    /// What it waits for from now on.
    pub(crate) parked: RefCell<Option<Operation>>,
    /// Fibers that were begun, for the task to run.
    pub(crate) forks: RefCell<Vec<Fork>>,
    /// Fibers that are to end.
    pub(crate) ended: RefCell<Vec<u32>>,
    /// Transactions, cursors and rows that it has.
    #[cfg(feature = "database")]
    pub(crate) databases: HeldDatabases,
    /// Values of caches that it makes.
    pub(crate) making: Making,
    /// The number of the next fiber.
    next: Cell<u32>,
}

/// A coroutine with a function and its arguments on its stack.
pub(crate) struct Fork {
    pub(crate) seat: Seat,
    pub(crate) arguments: c_int,
    pub(crate) fiber: u32,
}

/// A function for the background.
pub(crate) struct Spawned {
    pub(crate) fork: Fork,
    /// Where it was given: `routes.lua:12: `.
    pub(crate) place: String,
    /// Whether the option `max_background` counts it.
    pub(crate) is_counted: bool,
}

/// A coroutine's number in the table that keeps it, and the coroutine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) number: c_int,
    pub(crate) thread: *mut mlua::ffi::lua_State,
}

impl Waits {
    /// The number of a new fiber.
    pub(crate) fn next_fiber(&self) -> u32 {
        let fiber = self.next.get() + 1;
        self.next.set(fiber);
        fiber
    }

    /// Changes places with those of another request.
    pub(crate) fn swap(&self, other: &Waits) {
        self.may.swap(&other.may);
        self.cancelled.swap(&other.cancelled);
        self.parked.swap(&other.parked);
        self.forks.swap(&other.forks);
        self.ended.swap(&other.ended);
        #[cfg(feature = "database")]
        self.databases.swap(&other.databases);
        self.making.swap(&other.making);
        self.next.swap(&other.next);
    }

    /// Forgets what the last request has left.
    pub(crate) fn reset(&self) {
        self.may.set(false);
        self.cancelled.set(false);
        self.parked.take();
        self.forks.take();
        self.ended.take();
        #[cfg(feature = "database")]
        self.databases.reset();
        self.making.reset();
        self.next.set(0);
    }
}

/// The VM's coroutines that no request has, and what its requests have begun in the background.
#[derive(Default)]
pub(crate) struct Coroutines {
    /// Those that have finished, and may run another function.
    pub(crate) free: RefCell<Vec<Seat>>,
    /// Numbers of seats whose coroutine is gone.
    pub(crate) gone: RefCell<Vec<c_int>>,
    /// How many seats there are.
    pub(crate) made: Cell<c_int>,
    /// What was given to `rover.spawn`, until the worker takes it.
    pub(crate) spawned: RefCell<Vec<Spawned>>,
    /// How many functions run in the background.
    pub(crate) background: Cell<u32>,
    /// From where on the last request that may wait numbers its pages.
    pages: Cell<i32>,
}

impl Coroutines {
    /// From where on a request that may wait numbers its pages: those that cannot wait have the numbers that
    /// are not negative.
    pub(crate) fn next_pages(&self) -> i32 {
        const PAGES: i32 = 1 << 16;
        let pages = self.pages.get().wrapping_add(PAGES) | i32::MIN;
        self.pages.set(pages);
        pages
    }
}
