//! Pages in the making.
//!
//! Buffers are known by numbers that are not given twice while anything may still hold
//! them, so that a template that an error or a coroutine left half-way writes into no page
//! but its own.

use std::cell::{Cell, RefCell};

use crate::vm::state::memory::{Loan, Memory};

/// Room for the next page: that of the last, up to this size.
pub(crate) const KEPT_BYTES: usize = 256 * 1024;
/// The same for pages inside of pages.
const KEPT_OTHERS: usize = 16 * 1024;
/// The buffers of the running request.
#[derive(Default)]
pub(crate) struct Pages {
    all: RefCell<Vec<Vec<u8>>>,
    /// How many are in use.
    used: Cell<usize>,
    /// The number of the first.
    base: Cell<i32>,
    /// The last page's length.
    pub(crate) length: Cell<usize>,
}

impl Pages {
    /// Forgets the last request's buffers, and their numbers.
    #[inline]
    pub(crate) fn reset(&self) {
        match self.used.replace(0) {
            0 => {}
            used => self.forget(used),
        }
    }

    /// Changes places with those of another request.
    pub(crate) fn swap(&self, other: &Pages) {
        self.all.swap(&other.all);
        self.used.swap(&other.used);
        self.base.swap(&other.base);
        self.length.swap(&other.length);
    }

    /// Numbers pages from here on, which are those of no other request that runs.
    pub(crate) fn number_from(&self, base: i32) {
        self.base.set(base);
    }

    fn forget(&self, used: usize) {
        self.base.set(self.base.get().wrapping_add(used as i32));
        let mut all = self.all.borrow_mut();
        for (at, buffer) in all[..used].iter_mut().enumerate() {
            buffer.clear();
            buffer.shrink_to(if at == 0 { KEPT_BYTES } else { KEPT_OTHERS });
        }
        all.truncate(64);
    }

    pub(crate) fn open(&self) -> i32 {
        let mut all = self.all.borrow_mut();
        let at = self.used.get();
        if at == all.len() {
            all.push(Vec::new());
        }
        if at == 0 {
            all[0].reserve(self.length.get());
        }
        self.used.set(at + 1);
        self.base.get().wrapping_add(at as i32)
    }

    fn index(&self, buffer: i32) -> Option<usize> {
        let at = buffer.wrapping_sub(self.base.get());
        usize::try_from(at).ok().filter(|at| *at < self.used.get())
    }

    /// Writes into a buffer. Where there is no memory for what it grows by, all buffers are
    /// given up, and with them the request.
    pub(crate) fn with(
        &self,
        memory: &Memory,
        loan: &Loan,
        buffer: i32,
        f: impl FnOnce(&mut Vec<u8>),
    ) {
        let Some(at) = self.index(buffer) else {
            return;
        };
        let mut grown = 0;
        if let Some(out) = self.all.borrow_mut().get_mut(at) {
            let before = out.capacity();
            f(out);
            grown = out.capacity().saturating_sub(before);
        }
        if grown > 0 && !loan.lend(memory, grown) {
            // What is written next has no buffer.
            self.reset();
        }
    }

    /// Gives a finished buffer to `f`, and its place to the next if it was the last.
    pub(crate) fn close<T>(&self, buffer: i32, f: impl FnOnce(&mut Vec<u8>) -> T) -> Option<T> {
        let at = self.index(buffer)?;
        let mut all = self.all.borrow_mut();
        let out = all.get_mut(at)?;
        let result = f(out);
        out.clear();
        if at + 1 == self.used.get() {
            self.used.set(at);
        }
        Some(result)
    }
}
