//! What the decoder of JSON keeps from one text to the next.

use std::cell::{Cell, UnsafeCell};

/// What decoding keeps from one text to the next.
#[derive(Default)]
pub(crate) struct Decoder {
    /// Where strings with escapes are put together. Nothing holds on to it while Lua runs,
    /// which may unwind whoever does.
    pub(crate) scratch: UnsafeCell<String>,
    pub(crate) sizes: Sizes,
}

/// How many entries the last table of its kind had, by which the next one is made: what
/// comes once comes again, and a table that grows is laid out again each time.
///
/// A size serves one table until that one is complete. So what a text wastes by being
/// different is never more than what it holds.
pub(crate) struct Sizes {
    /// By the first field's name.
    objects: [Cell<u16>; 64],
    /// By the depth.
    arrays: [Cell<u16>; 16],
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes {
            objects: [const { Cell::new(0) }; 64],
            arrays: [const { Cell::new(0) }; 16],
        }
    }
}

impl Sizes {
    pub(crate) fn object(&self, key: &str) -> &Cell<u16> {
        let bytes = key.as_bytes();
        let [first, last] = [bytes.first(), bytes.last()].map(|b| usize::from(*b.unwrap_or(&0)));
        &self.objects[(first * 3 + last * 5 + bytes.len()) % self.objects.len()]
    }

    pub(crate) fn array(&self, depth: u32) -> &Cell<u16> {
        &self.arrays[depth as usize % self.arrays.len()]
    }
}
