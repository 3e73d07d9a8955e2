//! Several values of an item, written by one call.
//!
//! What lowered code calls is made by `direct.lua`, for each row of values that the program
//! has: it puts the values into slots, tells in one number what each of them is, and calls
//! [`run`]. A compiled trace knows the types, so that the number is a constant there.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use super::super::guard::pure_or_default;
use super::super::scalar::{escaped, is_plain, not_utf8};
use super::super::spare::{NUMBER, Spare};
use super::super::{Shared, encode::too_long, shared};
use super::{List, Pending, step};
use crate::program::Step;

/// Values that one call writes at most. What one is takes four bits of a number of Lua's.
const SLOTS: usize = 12;

/// Room for a value that is no string, and for commas, quotes and brackets.
const ROOM: usize = NUMBER + 8;

/// The values of a call, by their places in it.
pub(in crate::vm) struct Slots {
    numbers: [Cell<f64>; SLOTS],
    texts: [Cell<*const u8>; SLOTS],
    lengths: [Cell<u32>; SLOTS],
}

impl Default for Slots {
    fn default() -> Self {
        Slots {
            numbers: Default::default(),
            texts: [const { Cell::new(ptr::null()) }; SLOTS],
            lengths: Default::default(),
        }
    }
}

impl Slots {
    /// Where `direct.lua` puts the values, by name.
    pub(in crate::vm) fn addresses(&self) -> [(&'static str, *mut c_void); 3] {
        [
            ("numbers", ptr::from_ref(&self.numbers).cast_mut().cast()),
            ("texts", ptr::from_ref(&self.texts).cast_mut().cast()),
            ("lengths", ptr::from_ref(&self.lengths).cast_mut().cast()),
        ]
    }

    /// # Safety
    /// Lowered code put a text there, which it holds.
    unsafe fn text<'s>(&self, slot: usize) -> &'s [u8] {
        let (text, length) = (self.texts[slot].get(), self.lengths[slot].get());
        // SAFETY: as the caller's.
        unsafe { std::slice::from_raw_parts(text, length as usize) }
    }
}

// What a value is, as `direct.lua` has it; 1 where there is none.
const NUMBER_VALUE: u64 = 2;
const STRING: u64 = 3;
const FALSE: u64 = 4;
const TRUE: u64 = 5;
/// Something that has parts or no JSON form at all, which waits in the registry's table.
const WAITING: u64 = 6;
/// A part of the string whose other parts are constant.
const STRING_PART: u64 = 7;
/// The same, where it is an integer of 32 bits, or the negative zero.
const INTEGER_PART: u64 = 8;
/// Added to what the whole is, where the parts are none of a string.
const WHOLE: u64 = 8;

/// Writes the values in the slots by the steps from `at` on; `kinds` has four bits for each,
/// the first lowest, and none for what is no value.
pub(super) unsafe extern "C" fn run(vm: *const c_void, list: i32, at: i32, kinds: u64) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let bytes = &shared.lists.bytes;
        let full = bytes.get() > shared.memory.largest();
        shared.lists.with(list, |list| {
            if full {
                // What follows is not written, as the response fails.
                return list.note(too_long(), step(shared.program, at).path);
            }
            let before = list.out.len();
            let (mut kinds, mut slot) = (kinds, 0);
            while kinds != 0 && slot < SLOTS {
                let step = step(shared.program, at + slot as i32);
                // SAFETY: lowered code tells what it put into the slot.
                unsafe { list.value(shared, step, kinds & 15, slot) };
                kinds >>= 4;
                slot += 1;
            }
            bytes.set(bytes.get() + list.out.len() - before);
        });
    })
}

impl List {
    /// Writes a value and what is around it.
    ///
    /// # Safety
    /// The slot's value is of this kind.
    #[inline(always)]
    unsafe fn value(&mut self, shared: &Shared, step: &'static Step, kind: u64, slot: usize) {
        let slots = &shared.lists.slots;
        // SAFETY: as the caller's.
        unsafe {
            match kind {
                NUMBER_VALUE => {
                    let value = slots.numbers[slot].get();
                    self.short(step, (0, 0), |spare| spare.number(value));
                }
                FALSE => self.short(step, (0, 0), |spare| spare.text(b"false")),
                TRUE => self.short(step, (0, 0), |spare| spare.text(b"true")),
                INTEGER_PART => {
                    let value = slots.numbers[slot].get();
                    self.short(step, (0, 0), |spare| {
                        if value == 0.0 && value.is_sign_negative() {
                            spare.byte(b'-');
                        }
                        spare.integer(value as i64);
                    });
                }
                STRING => self.string(shared, step, (0, 0), slots.text(slot), b"\""),
                STRING_PART => self.string(shared, step, (0, 0), slots.text(slot), b""),
                _ => self.rare(shared, step, kind, slot),
            }
        }
    }

    /// # Safety
    /// As [`Self::value`].
    #[cold]
    unsafe fn rare(&mut self, shared: &Shared, step: &'static Step, kind: u64, slot: usize) {
        let slots = &shared.lists.slots;
        let (kind, without) = match kind > WHOLE {
            true => (kind - WHOLE, (step.prefix, step.suffix)),
            false => (kind, (0, 0)),
        };
        // SAFETY: as the caller's.
        unsafe {
            match kind {
                NUMBER_VALUE => {
                    let value = slots.numbers[slot].get();
                    self.short(step, without, |spare| spare.number(value));
                }
                FALSE => self.short(step, without, |spare| spare.text(b"false")),
                TRUE => self.short(step, without, |spare| spare.text(b"true")),
                STRING => self.string(shared, step, without, slots.text(slot), b"\""),
                WAITING => {
                    let value = slots.numbers[slot].get() as i32;
                    self.waiting(step, without, value);
                }
                _ => self.absent(step),
            }
        }
    }

    /// What stands before a value, less the beginning of the string that it is not part of.
    ///
    /// # Safety
    /// There is room for it, and for a comma or two.
    #[inline(always)]
    unsafe fn lead(spare: &mut Spare<'_>, items: u32, step: &Step, lead: &[u8]) {
        // SAFETY: as the caller's.
        unsafe {
            if step.first && items > 0 {
                spare.byte(b',');
            }
            if step.comma && spare.last() != Some(b'{') {
                spare.byte(b',');
            }
            spare.text(lead);
        }
    }

    /// Writes a value of at most [`NUMBER`] bytes; `without` is how much of what is around
    /// it is left out.
    ///
    /// # Safety
    /// `value` writes as much as that.
    #[inline(always)]
    unsafe fn short(
        &mut self,
        step: &Step,
        without: (usize, usize),
        value: impl FnOnce(&mut Spare<'_>),
    ) {
        let (lead, tail) = around(step, without);
        let mut spare = Spare::new(&mut self.out, lead.len() + tail.len() + ROOM);
        // SAFETY: there is room for all of it.
        unsafe {
            Self::lead(&mut spare, self.items, step, lead);
            value(&mut spare);
            spare.text(tail);
        }
        drop(spare);
        self.items += u32::from(step.last);
    }

    /// Writes a string, or the part of one that is not constant.
    #[inline(always)]
    fn string(
        &mut self,
        shared: &Shared,
        step: &'static Step,
        without: (usize, usize),
        text: &[u8],
        quote: &[u8],
    ) {
        if shared.lists.bytes.get() + text.len() > shared.memory.largest() {
            return self.note(too_long(), step.path);
        }
        let (lead, tail) = around(step, without);
        let plain = is_plain(text);
        let room = lead.len() + tail.len() + ROOM + text.len();
        let mut spare = Spare::new(&mut self.out, room);
        // SAFETY: there is room for all of it.
        unsafe {
            Self::lead(&mut spare, self.items, step, lead);
            spare.text(quote);
            if plain {
                spare.text(text);
                spare.text(quote);
                spare.text(tail);
            }
        }
        drop(spare);
        if !plain {
            self.escaped(step, text, quote, tail);
        }
        self.items += u32::from(step.last);
    }

    /// The rest of a string that needs a closer look.
    #[cold]
    fn escaped(&mut self, step: &Step, text: &[u8], quote: &[u8], tail: &[u8]) {
        if std::str::from_utf8(text).is_err() {
            self.note(not_utf8(), step.path);
        }
        escaped(text, &mut self.out);
        self.out.extend_from_slice(quote);
        self.out.extend_from_slice(tail);
    }

    /// Keeps a place for a value whose JSON is written when the response is made.
    fn waiting(&mut self, step: &'static Step, without: (usize, usize), value: i32) {
        let item = self.items + 1;
        let (lead, tail) = around(step, without);
        let mut spare = Spare::new(&mut self.out, lead.len() + ROOM);
        // SAFETY: there is room for it.
        unsafe { Self::lead(&mut spare, self.items, step, lead) };
        drop(spare);
        self.pending.push(Pending {
            at: self.out.len(),
            value,
            depth: usize::from(step.depth),
            item,
            path: step.path,
            outer: None,
        });
        self.out.extend_from_slice(tail);
        self.items += u32::from(step.last);
    }
}

/// The constant texts around a value.
#[inline(always)]
fn around(step: &Step, (prefix, suffix): (usize, usize)) -> (&'static [u8], &'static [u8]) {
    let (lead, tail) = (step.lead.as_bytes(), step.tail.as_bytes());
    (&lead[..lead.len() - prefix], &tail[suffix..])
}
