//! Where lowered code puts the values of an item before it calls what writes them.
//!
//! Compiled traces hold these addresses, so they stay where they are for as long as the VM lives. They
//! belong to no request: nothing waits between putting the values there and the call.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

/// Values that one call writes at most. What one is takes four bits of a number of Lua's.
pub(crate) const SLOTS: usize = 12;

/// The values of a call, by their places in it.
pub(crate) struct RowSlots {
    pub(crate) numbers: [Cell<f64>; SLOTS],
    pub(crate) texts: [Cell<*const u8>; SLOTS],
    pub(crate) lengths: [Cell<u32>; SLOTS],
}

impl Default for RowSlots {
    fn default() -> Self {
        RowSlots {
            numbers: Default::default(),
            texts: [const { Cell::new(ptr::null()) }; SLOTS],
            lengths: Default::default(),
        }
    }
}

impl RowSlots {
    /// Where `direct.lua` puts the values, by name, with their C types.
    pub(crate) fn addresses(&self) -> [(&'static str, &'static str, *mut c_void); 3] {
        [
            (
                "numbers",
                "double *",
                ptr::from_ref(&self.numbers).cast_mut().cast(),
            ),
            (
                "texts",
                "const char **",
                ptr::from_ref(&self.texts).cast_mut().cast(),
            ),
            (
                "lengths",
                "uint32_t *",
                ptr::from_ref(&self.lengths).cast_mut().cast(),
            ),
        ]
    }

    /// # Safety
    /// Lowered code put a text there, which it holds.
    pub(crate) unsafe fn text<'s>(&self, slot: usize) -> &'s [u8] {
        let (text, length) = (self.texts[slot].get(), self.lengths[slot].get());
        // SAFETY: lowered code has put the address and the length of a string there, and holds
        // it during the call in which this is read.
        unsafe { std::slice::from_raw_parts(text, length as usize) }
    }
}
