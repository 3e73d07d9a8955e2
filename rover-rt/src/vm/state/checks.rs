//! What was checked of the running request.

use std::cell::{Cell, UnsafeCell};

use rover_model::guard::Checked;

use crate::program::Precheck;
use crate::vm::state::in_place::CheckedParts;

/// What was checked of a request.
#[derive(Default)]
pub(crate) struct Checks {
    /// Where values are laid out: each use begins with clearing it, and none begins inside
    /// another, as nothing that is called meanwhile runs any Lua of the program's.
    pub(crate) checked: UnsafeCell<Checked>,
    /// What stays where it was laid out.
    pub(crate) in_place: CheckedParts,
    /// What was checked before the handler ran, until the handler asks for it.
    pub(crate) ready: Cell<Option<Precheck>>,
}

impl Checks {
    /// Whether the handler asks for what was checked before it ran, which it does once.
    pub(crate) fn is_ready(&self, asked: Precheck) -> bool {
        self.ready.take() == Some(asked)
    }

    /// Changes places with what was checked of another request.
    ///
    /// # Safety
    /// This runs between two calls, so that no native holds a reference to what is in either.
    pub(crate) unsafe fn swap(&self, other: &Checks) {
        // SAFETY: the caller sees to it that neither is borrowed, and they are two.
        unsafe { std::ptr::swap(self.checked.get(), other.checked.get()) };
        // SAFETY: as the line before, of their parts.
        unsafe { self.in_place.swap(&other.in_place) };
        self.ready.swap(&other.ready);
    }

    /// Lets go of what was checked, of which a request's end is told the size.
    pub(crate) fn reset(&self) {
        // SAFETY: this runs between two calls, so that no native holds a reference to what is
        // in the cell.
        unsafe { (*self.checked.get()).clear() };
        self.in_place.reset();
    }
}
