//! The text that `string.gsub` makes.

use std::cell::RefCell;

/// The result that a call of `gsub` makes. No other call begins meanwhile, as nothing that it
/// calls runs any Lua; it is here because Lua's errors leave the call's frame, which therefore
/// owns nothing.
#[derive(Default)]
pub(crate) struct Replaced(RefCell<Vec<u8>>);

/// The buffer is kept for the next call up to this size.
const KEPT_BYTES: usize = 64 * 1024;
impl Replaced {
    pub(crate) fn begin(&self) {
        let mut out = self.0.borrow_mut();
        out.clear();
        out.shrink_to(KEPT_BYTES);
    }

    pub(crate) fn add(&self, text: &[u8]) {
        self.0.borrow_mut().extend_from_slice(text);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// The bytes, until something is added.
    pub(crate) fn text(&self) -> *const [u8] {
        std::ptr::from_ref(self.0.borrow().as_slice())
    }
}
