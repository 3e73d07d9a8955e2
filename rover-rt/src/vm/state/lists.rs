//! Lists that are written as JSON while the program builds them. They are known by number, so
//! that nothing that a program does with such a number reaches memory.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::program::Step;
use crate::vm::state::memory::{Loan, Memory};
use crate::vm::write::error::EncodeError;
use crate::vm::write::scalar::comma;

/// A buffer is kept for the next request up to this size.
pub(crate) const KEPT_BYTES: usize = 256 * 1024;
/// The same for lists inside of lists, and for the values that wait in one.
const KEPT_OTHERS: usize = 16 * 1024;
const KEPT_PENDING: usize = 1024;
/// The VM's memory is told of so many bytes at once.
const STEP_BYTES: usize = 1 << 20;

/// Room for a value that is not a long string.
const SHORT: usize = 64;

/// The registry's table of values that are encoded when their list is.
pub(crate) const PENDING: &str = "rover.pending";

/// The lists of the running request.
#[derive(Default)]
pub(crate) struct Lists {
    pub(crate) all: RefCell<Vec<List>>,
    /// How many are in use.
    used: Cell<usize>,
    /// Of those, the ones that became part of another.
    pub(crate) free: RefCell<Vec<usize>>,
    /// How much was written into all of them, and what they are made of themselves.
    pub(crate) bytes: Cell<usize>,
    /// So much of it is known to the VM's memory.
    counted: Cell<usize>,
    /// How many values wait in the registry's table.
    pub(crate) pending: Cell<i32>,
}

#[derive(Default)]
pub(crate) struct List {
    /// The items and the commas between them.
    pub(crate) out: Vec<u8>,
    pub(crate) items: u32,
    /// Where the string that is written in parts begins.
    pub(crate) text_from: usize,
    pub(crate) pending: Vec<Pending>,
    pub(crate) failure: Option<EncodeError>,
}

/// A table, or something else that has parts or no JSON form at all: what it is counts
/// when the response is made.
pub(crate) struct Pending {
    /// Where its JSON goes.
    pub(crate) at: usize,
    /// Its place in the registry's table.
    pub(crate) value: i32,
    /// Containers around it, the list included.
    pub(crate) depth: usize,
    pub(crate) item: u32,
    pub(crate) path: &'static str,
    /// What leads to the list from the one that it became part of.
    pub(crate) outer: Option<Rc<str>>,
}

impl Lists {
    /// Forgets the last request's lists.
    #[inline]
    pub(crate) fn reset(&self) {
        if self.used.get() != 0 {
            self.forget();
        }
    }

    /// Changes places with those of another request.
    pub(crate) fn swap(&self, other: &Lists) {
        self.all.swap(&other.all);
        self.used.swap(&other.used);
        self.free.swap(&other.free);
        self.bytes.swap(&other.bytes);
        self.counted.swap(&other.counted);
        self.pending.swap(&other.pending);
    }

    fn forget(&self) {
        let mut all = self.all.borrow_mut();
        for (at, list) in all[..self.used.get()].iter_mut().enumerate() {
            list.clear();
            list.out
                .shrink_to(if at == 0 { KEPT_BYTES } else { KEPT_OTHERS });
            list.pending.shrink_to(KEPT_PENDING);
        }
        all.truncate(64);
        self.free.borrow_mut().clear();
        self.used.set(0);
        self.bytes.set(0);
        self.counted.set(0);
    }

    pub(crate) fn new_list(&self) -> usize {
        let mut all = self.all.borrow_mut();
        if let Some(list) = self.free.borrow_mut().pop() {
            all[list].clear();
            return list;
        }
        let list = self.used.get();
        if list == all.len() {
            all.push(List::default());
        }
        self.used.set(list + 1);
        self.bytes.set(self.bytes.get() + size_of::<List>());
        list
    }

    /// Tells the VM's memory of what was written, in large steps.
    pub(crate) fn count(&self, memory: &Memory, loan: &Loan) {
        if self.bytes.get() > self.counted.get() + STEP_BYTES {
            self.count_step(memory, loan);
        }
    }

    #[cold]
    fn count_step(&self, memory: &Memory, loan: &Loan) {
        let more = self.bytes.get() - self.counted.get();
        self.counted.set(self.bytes.get());
        // A buffer grows to twice what it held.
        loan.lend(memory, more * 2);
    }

    /// Calls `f` with a list in use.
    pub(crate) fn with<T>(&self, list: i32, f: impl FnOnce(&mut List) -> T) -> Option<T> {
        let list = usize::try_from(list)
            .ok()
            .filter(|l| *l < self.used.get())?;
        self.all.borrow_mut().get_mut(list).map(f)
    }
}

impl List {
    pub(crate) fn clear(&mut self) {
        self.out.clear();
        self.items = 0;
        self.pending.clear();
        self.failure = None;
    }

    /// What stands before a value.
    pub(crate) fn begin(&mut self, step: &Step) {
        self.out.reserve(step.lead.len() + step.tail.len() + SHORT);
        if step.first && self.items > 0 {
            self.out.push(b',');
        }
        if step.comma {
            comma(&mut self.out);
        }
        self.out.extend_from_slice(step.lead.as_bytes());
    }

    /// What stands after a value.
    pub(crate) fn end(&mut self, step: &Step) {
        self.out.extend_from_slice(step.tail.as_bytes());
        self.items += u32::from(step.last);
    }

    /// Notes the first value that has no JSON form.
    #[cold]
    pub(crate) fn note(&mut self, error: EncodeError, path: &str) {
        if self.failure.is_none() {
            let error = error.within(path.to_owned());
            self.failure = Some(error.within(format!("[{}]", self.items + 1)));
        }
    }
}
