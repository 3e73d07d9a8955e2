//! Lists that specialised handlers write as JSON while they build them.
//!
//! The functions that lowered code calls for each item are plain C functions, which it
//! calls through LuaJIT's FFI: compiled traces call them directly. They never run Lua,
//! raise no Lua error and keep nothing that they are given. Lists are known by number, so
//! that nothing a program does with such a number reaches memory.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_void};
use std::rc::Rc;

use crate::program::{Program, Run, Step};
use crate::vm::json::encode::{EncodeError, comma, too_long};
use crate::vm::native::unwind::{deep, pure_or_default};
use crate::vm::response::row::{Slots, run};
use crate::vm::state::deadline::{budget, limit};
use crate::vm::state::memory::{Memory, over};
use crate::vm::state::vm::shared;
use crate::vm::write::scalar::{escaped, is_plain};

/// A buffer is kept for the next request up to this size.
pub(crate) const KEPT_BYTES: usize = 256 * 1024;
/// The same for lists inside of lists, and for the values that wait in one.
const KEPT_OTHERS: usize = 16 * 1024;
const KEPT_PENDING: usize = 1024;
/// The VM's memory is told of so many bytes at once.
const STEP_BYTES: usize = 1 << 20;

/// What an item that is a value itself is made of.
static ITEM: Step = Step {
    first: true,
    last: true,
    comma: false,
    lead: "",
    tail: "",
    prefix: 0,
    suffix: 0,
    absent: [NOTHING; 2],
    depth: 1,
    path: "",
};
const NOTHING: Run = Run {
    text: "",
    fields: false,
};
/// Room for a value that is not a long string.
const SHORT: usize = 64;

/// The registry's table of values that are encoded when their list is.
pub(crate) const PENDING: &str = "rover.pending";

/// What `runtime.lua` calls through the FFI, by name.
pub(crate) fn addresses() -> [(&'static str, *mut c_void); 13] {
    [
        ("budget", budget as *const () as *mut c_void),
        ("over", over as *const () as *mut c_void),
        ("deep", deep as *const () as *mut c_void),
        ("limit", limit as *const () as *mut c_void),
        ("list", list as *const () as *mut c_void),
        ("length", length as *const () as *mut c_void),
        ("reserve", reserve as *const () as *mut c_void),
        ("run", run as *const () as *mut c_void),
        ("put_list", put_list as *const () as *mut c_void),
        ("begin", begin as *const () as *mut c_void),
        ("part", part as *const () as *mut c_void),
        ("part_number", part_number as *const () as *mut c_void),
        ("finish", finish as *const () as *mut c_void),
    ]
}

/// The lists of the running request.
#[derive(Default)]
pub(crate) struct Lists {
    all: RefCell<Vec<List>>,
    /// How many are in use.
    used: Cell<usize>,
    /// Of those, the ones that became part of another.
    free: RefCell<Vec<usize>>,
    /// How much was written into all of them, and what they are made of themselves.
    pub(crate) bytes: Cell<usize>,
    /// So much of it is known to the VM's memory.
    counted: Cell<usize>,
    /// What the next call writes.
    pub(crate) slots: Slots,
    /// How many values wait in the registry's table.
    pub(crate) pending: Cell<i32>,
}

#[derive(Default)]
pub(crate) struct List {
    /// The items and the commas between them.
    pub(crate) out: Vec<u8>,
    pub(crate) items: u32,
    /// Where the string that is written in parts begins.
    text_from: usize,
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

    fn new_list(&self) -> usize {
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
    pub(crate) fn count(&self, memory: &Memory) {
        if self.bytes.get() > self.counted.get() + STEP_BYTES {
            self.count_step(memory);
        }
    }

    #[cold]
    fn count_step(&self, memory: &Memory) {
        let more = self.bytes.get() - self.counted.get();
        self.counted.set(self.bytes.get());
        // A buffer grows to twice what it held.
        memory.lend(more * 2);
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
    fn clear(&mut self) {
        self.out.clear();
        self.items = 0;
        self.pending.clear();
        self.failure = None;
    }

    /// What stands before a value.
    fn begin(&mut self, step: &Step) {
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
    fn end(&mut self, step: &Step) {
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

/// The steps from a number on; none is the item that is a value itself.
pub(crate) fn steps(program: &Program, at: i32) -> &'static [Step] {
    let steps = usize::try_from(at)
        .ok()
        .and_then(|at| program.steps.get(at..));
    match steps {
        Some(steps @ [_, ..]) => steps,
        _ => std::slice::from_ref(&ITEM),
    }
}

/// A step by its number.
fn step(program: &Program, at: i32) -> &'static Step {
    &steps(program, at)[0]
}

unsafe extern "C" fn list(vm: *const c_void) -> i32 {
    // SAFETY (all functions here): see `shared`; texts are Lua strings that lowered code
    // holds during the call.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let list = shared.lists.new_list();
        shared.lists.count(&shared.memory);
        list as i32
    })
}

unsafe extern "C" fn length(vm: *const c_void, list: i32) -> u32 {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || shared.lists.with(list, |list| list.items)).unwrap_or(0)
}

/// Whether Lua writes a number as an integer (`%.14g`).
fn as_integer(value: f64) -> Option<i64> {
    let integer = value as i64;
    let plain = integer as f64 == value && value.abs() < 1e14;
    (plain && (integer != 0 || value.is_sign_positive())).then_some(integer)
}

/// Begins a string that is written in parts.
unsafe extern "C" fn begin(vm: *const c_void, list: i32, at: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        shared.lists.with(list, |list| {
            list.begin(step);
            list.out.push(b'"');
            list.text_from = list.out.len();
        });
    })
}

/// A part of a string. Whether the whole is UTF-8 is seen at its end.
unsafe extern "C" fn part(vm: *const c_void, list: i32, text: *const c_char, length: usize) {
    // SAFETY: see `list`.
    let (shared, text) = unsafe {
        let text: &[u8] = std::slice::from_raw_parts(text.cast(), length);
        (shared(vm), text)
    };
    pure_or_default(shared, || {
        let bytes = &shared.lists.bytes;
        bytes.set(bytes.get() + text.len());
        shared.lists.count(&shared.memory);
        if bytes.get() > shared.memory.largest() {
            // `finish` tells.
            return;
        }
        shared.lists.with(list, |list| match is_plain(text) {
            true => list.out.extend_from_slice(text),
            false => escaped(text, &mut list.out),
        });
    })
}

/// A number as a part of a string; false, with nothing written, where it is no integer.
unsafe extern "C" fn part_number(vm: *const c_void, list: i32, value: f64) -> bool {
    let Some(integer) = as_integer(value) else {
        return false;
    };
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        shared.lists.with(list, |list| {
            let mut digits = itoa::Buffer::new();
            list.out
                .extend_from_slice(digits.format(integer).as_bytes());
        });
        true
    })
}

/// Ends a string that was written in parts.
unsafe extern "C" fn finish(vm: *const c_void, list: i32, at: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        let full = shared.lists.bytes.get() > shared.memory.largest();
        shared.lists.with(list, |list| {
            if full {
                list.note(too_long(), step.path);
            }
            // It begins there unless a program makes such calls of its own.
            let text = list.out.get(list.text_from..).unwrap_or_default();
            if !text.is_ascii()
                && let Cow::Owned(replaced) = String::from_utf8_lossy(text)
            {
                list.out.truncate(list.text_from);
                list.out.extend_from_slice(replaced.as_bytes());
            }
            list.out.push(b'"');
            list.end(step);
        });
    })
}

/// Where in the registry's table lowered code puts a value that waits.
unsafe extern "C" fn reserve(vm: *const c_void) -> i32 {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let value = shared.lists.pending.get() + 1;
        shared.lists.pending.set(value);
        let bytes = &shared.lists.bytes;
        bytes.set(bytes.get() + size_of::<Pending>());
        value
    })
}

/// Writes a list that is complete as a field of an item.
unsafe extern "C" fn put_list(vm: *const c_void, list: i32, at: i32, inner: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        let lists = &shared.lists;
        let Some(mut taken) = lists.with(inner, std::mem::take) else {
            return;
        };
        lists.with(list, |list| {
            list.begin(step);
            if let Some(error) = taken.failure.take() {
                list.note(error, step.path);
            }
            let start = list.out.len() + 1;
            list.out.extend_from_slice(match taken.items {
                0 => b"[]",
                _ => b"[",
            });
            if taken.items > 0 {
                list.out.extend_from_slice(&taken.out);
                list.out.push(b']');
            }
            let item = list.items + 1;
            list.pending.extend(taken.pending.drain(..).map(|pending| {
                let outer = pending.outer.as_deref().unwrap_or_default();
                Pending {
                    at: start + pending.at,
                    depth: pending.depth + usize::from(step.depth),
                    outer: Some(format!("[{item}]{}{outer}", step.path).into()),
                    ..pending
                }
            }));
            list.end(step);
        });
        // Its length may still be asked, and its buffer serves again.
        let items = taken.items;
        taken.clear();
        taken.items = items;
        lists.with(inner, |inner| *inner = taken);
        if let Ok(inner) = usize::try_from(inner) {
            lists.free.borrow_mut().push(inner);
        }
    })
}

#[cfg(test)]
mod tests;
