//! Several values of an item, written by one call.
//!
//! What lowered code calls is made by `direct.lua`, for each row of values that the program
//! has: it puts the values into slots, tells in one number what each of them is, and calls
//! [`run`]. A compiled trace knows the types, so that the number is a constant there.

use crate::program::Step;
use crate::vm::native::unwind::pure_or_default;
use crate::vm::response::steps::steps;
use crate::vm::state::lists::Pending;
use crate::vm::state::slots::{RowSlots, SLOTS};
use crate::vm::state::vm::VmState;
use crate::vm::write::error::{EncodeError, too_long};
use crate::vm::write::reserved::{NUMBER, ReservedBuffer};
use crate::vm::write::scalar::{comma, is_plain, text as json_text};

/// Room for a value that is no string, and for commas, quotes and brackets.
const ROOM: usize = NUMBER + 8;

/// What a value in a slot is that needs no look of Lua's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    #[cfg_attr(
        not(feature = "database"),
        expect(dead_code, reason = "only rows of a database tell it")
    )]
    Absent = 1,
    Number = 2,
    String = 3,
    False = 4,
    True = 5,
}

// The same with the others, as `direct.lua` has them.
const NUMBER_VALUE: u64 = Kind::Number as u64;
const STRING: u64 = Kind::String as u64;
const FALSE: u64 = Kind::False as u64;
const TRUE: u64 = Kind::True as u64;
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
pub(crate) extern "C" fn run(shared: &VmState, list: i32, at: i32, kinds: u64) {
    pure_or_default(shared, || {
        let lists = &shared.running.lists;
        let left = shared.memory.largest().checked_sub(lists.bytes.get());
        let written = lists.with(list, |list| {
            let steps = steps(shared.program, at);
            let Some(left) = left else {
                // What follows is not written, as the response fails.
                list.note(too_long(), &steps[0].path);
                return 0;
            };
            let before = list.out.len();
            let mut writer = Writer {
                out: ReservedBuffer::new(&mut list.out, 0),
                items: list.items,
                left,
                pending: &mut list.pending,
                failure: None,
            };
            let mut kinds = kinds;
            for (slot, step) in steps.iter().take(SLOTS).enumerate() {
                if kinds == 0 {
                    break;
                }
                // SAFETY: lowered code tells in `kinds` what it has put into the slot, and
                // holds the strings among it during the call.
                unsafe { writer.value(&shared.slots, slot, step, kinds & 15) };
                kinds >>= 4;
            }
            let written = writer.out.written() - before;
            let (items, failure) = (writer.items, writer.failure.take());
            drop(writer);
            if let Some((error, path)) = failure {
                list.note(error, path);
            }
            list.items = items;
            written
        });
        lists.bytes.set(lists.bytes.get() + written.unwrap_or(0));
        lists.count(&shared.memory, &shared.running.loan);
    })
}

/// What writes the values of one call.
struct Writer<'a> {
    out: ReservedBuffer<'a>,
    /// The list's.
    items: u32,
    /// How long a string may be.
    left: usize,
    pending: &'a mut Vec<Pending>,
    /// The first value that has no JSON form, and the names that lead to it.
    failure: Option<(EncodeError, &'static str)>,
}

impl Writer<'_> {
    /// Writes a value and what is around it.
    ///
    /// # Safety
    /// The slot's value is of this kind.
    #[inline(always)]
    unsafe fn value(&mut self, slots: &RowSlots, slot: usize, step: &'static Step, kind: u64) {
        // SAFETY: the caller says what the slot holds. Room is seen to for the texts around the
        // value and for what is no string; `string` sees to its own. An absent value is not
        // written.
        unsafe {
            match kind {
                NUMBER_VALUE | INTEGER_PART | FALSE | TRUE => {
                    self.out.room(step.lead.len() + step.tail.len() + ROOM);
                    self.lead(step, step.lead.as_bytes());
                    match kind {
                        TRUE => self.out.text(b"true"),
                        FALSE => self.out.text(b"false"),
                        _ => {
                            let value = slots.numbers[slot].get();
                            if kind == INTEGER_PART && value == 0.0 && value.is_sign_negative() {
                                self.out.byte(b'-');
                            }
                            self.out.number(value);
                        }
                    }
                    self.tail(step, step.tail.as_bytes());
                }
                STRING | STRING_PART => {
                    let quote: &[u8] = if kind == STRING { b"\"" } else { b"" };
                    self.string(step, (0, 0), slots.text(slot), quote);
                }
                _ => self.rare(slots, slot, step, kind),
            }
        }
    }

    /// # Safety
    /// The slot's value is of this kind.
    #[cold]
    #[inline(never)]
    unsafe fn rare(&mut self, slots: &RowSlots, slot: usize, step: &'static Step, kind: u64) {
        let (kind, without) = match kind > WHOLE {
            true => (kind - WHOLE, (step.prefix, step.suffix)),
            false => (kind, (0, 0)),
        };
        let number = slots.numbers[slot].get();
        // SAFETY: the caller says what the slot holds. Room is seen to for the texts around the
        // value and for what is no string; `string` and `absent` see to their own.
        unsafe {
            let (lead, tail) = match kind {
                STRING => return self.string(step, without, slots.text(slot), b"\""),
                NUMBER_VALUE | FALSE | TRUE | WAITING => around(step, without),
                _ => return self.absent(step),
            };
            self.out.room(lead.len() + tail.len() + ROOM);
            self.lead(step, lead);
            match kind {
                NUMBER_VALUE => self.out.number(number),
                FALSE => self.out.text(b"false"),
                TRUE => self.out.text(b"true"),
                // Its JSON is written when the response is made.
                _ => self.pending.push(Pending {
                    at: self.out.written(),
                    value: number as i32,
                    depth: usize::from(step.depth),
                    item: self.items + 1,
                    path: &step.path,
                    outer: None,
                }),
            }
            self.tail(step, tail);
        }
    }

    /// What stands before a value.
    ///
    /// # Safety
    /// There is room for it, and for two commas.
    #[inline(always)]
    unsafe fn lead(&mut self, step: &Step, lead: &[u8]) {
        // SAFETY: the caller has seen to room for the lead and two commas.
        unsafe {
            if step.first && self.items > 0 {
                self.out.byte(b',');
            }
            if step.comma && self.out.last() != Some(b'{') {
                self.out.byte(b',');
            }
            self.out.text(lead);
        }
    }

    /// What stands after a value.
    ///
    /// # Safety
    /// There is room for it.
    #[inline(always)]
    unsafe fn tail(&mut self, step: &Step, tail: &[u8]) {
        // SAFETY: the caller has seen to room for the tail.
        unsafe { self.out.text(tail) };
        self.items += u32::from(step.last);
    }

    /// Writes a string, or the part of one that is not constant.
    #[inline(always)]
    fn string(&mut self, step: &'static Step, without: (usize, usize), text: &[u8], quote: &[u8]) {
        if text.len() > self.left {
            self.fail(too_long(), step);
            return;
        }
        let (lead, tail) = around(step, without);
        let plain = is_plain(text);
        self.out.room(lead.len() + tail.len() + ROOM + text.len());
        // SAFETY: room is seen to for the lead and two commas, the tail, two quotes and the
        // text. `escaped` writes the text elsewhere, and leaves room for the quote and the
        // tail.
        unsafe {
            self.lead(step, lead);
            self.out.text(quote);
            match plain {
                true => self.out.text(text),
                false => self.escaped(text, tail.len()),
            }
            self.out.text(quote);
            self.tail(step, tail);
        }
    }

    /// A string that needs a closer look; then there is room for its end.
    #[cold]
    fn escaped(&mut self, text: &[u8], end: usize) {
        self.out.with(|out| {
            json_text(text, out);
            out.reserve(end + ROOM);
        });
    }

    /// What is written where a value is absent.
    fn absent(&mut self, step: &Step) {
        if step.lead.len() == step.prefix {
            // It was to be the item itself: `rows[#rows + 1] = nil`.
            return;
        }
        let items = self.items;
        self.out.with(|out| {
            if step.first && items > 0 {
                out.push(b',');
            }
            for run in [&step.absent_lead, &step.absent_tail] {
                if run.fields {
                    comma(out);
                }
                out.extend_from_slice(run.text.as_bytes());
            }
        });
        self.items += u32::from(step.last);
    }

    #[cold]
    fn fail(&mut self, error: EncodeError, step: &'static Step) {
        self.failure.get_or_insert((error, &step.path));
    }
}

/// The constant texts around a value, less the parts of a string that it is none of.
#[inline(always)]
fn around(step: &'static Step, (prefix, suffix): (usize, usize)) -> (&'static [u8], &'static [u8]) {
    let (lead, tail) = (step.lead.as_bytes(), step.tail.as_bytes());
    (&lead[..lead.len() - prefix], &tail[suffix..])
}
