//! Lists that specialised handlers write as JSON while they build them.
//!
//! The functions that lowered code calls for each item are plain C functions, which it
//! calls through LuaJIT's FFI: compiled traces call them directly. They never run Lua,
//! raise no Lua error and keep nothing that they are given. Lists are known by number, so
//! that nothing a program does with such a number reaches memory.

use std::borrow::Cow;
use std::ffi::c_char;

use crate::vm::native::traced::{Traced, traced};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::response::row::run;
use crate::vm::response::steps::step;
use crate::vm::state::lists::Pending;
use crate::vm::state::vm::VmState;
use crate::vm::write::error::too_long;
use crate::vm::write::scalar::{escaped, is_plain};

/// What `direct.lua` calls through the FFI, by name.
pub(crate) fn functions() -> [Traced; 9] {
    traced! {
        "list" = list: fn(&VmState) -> i32,
        "length" = length: fn(&VmState, i32) -> u32,
        "reserve" = reserve: fn(&VmState) -> i32,
        "run" = run: fn(&VmState, i32, i32, u64) -> (),
        "put_list" = put_list: fn(&VmState, i32, i32, i32) -> (),
        "begin" = begin: fn(&VmState, i32, i32) -> (),
        "part" = part: fn(&VmState, i32, *const c_char, usize) -> (),
        "part_number" = part_number: fn(&VmState, i32, f64) -> bool,
        "finish" = finish: fn(&VmState, i32, i32) -> (),
    }
}

extern "C" fn list(shared: &VmState) -> i32 {
    pure_or_default(shared, || {
        let list = shared.running.lists.new_list();
        shared
            .running
            .lists
            .count(&shared.memory, &shared.running.loan);
        list as i32
    })
}

extern "C" fn length(shared: &VmState, list: i32) -> u32 {
    pure_or_default(shared, || {
        shared.running.lists.with(list, |list| list.items)
    })
    .unwrap_or(0)
}

/// Whether Lua writes a number as an integer (`%.14g`).
fn as_integer(value: f64) -> Option<i64> {
    let integer = value as i64;
    let plain = integer as f64 == value && value.abs() < 1e14;
    (plain && (integer != 0 || value.is_sign_positive())).then_some(integer)
}

/// Begins a string that is written in parts.
extern "C" fn begin(shared: &VmState, list: i32, at: i32) {
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        shared.running.lists.with(list, |list| {
            list.begin(step);
            list.out.push(b'"');
            list.text_from = list.out.len();
        });
    })
}

/// A part of a string. Whether the whole is UTF-8 is seen at its end.
unsafe extern "C" fn part(shared: &VmState, list: i32, text: *const c_char, length: usize) {
    // SAFETY: lowered code gives the address and the length of a string that is an argument of
    // its own, so that it is not collected during the call.
    let text: &[u8] = unsafe { std::slice::from_raw_parts(text.cast(), length) };
    pure_or_default(shared, || {
        let bytes = &shared.running.lists.bytes;
        bytes.set(bytes.get() + text.len());
        shared
            .running
            .lists
            .count(&shared.memory, &shared.running.loan);
        if bytes.get() > shared.memory.largest() {
            // `finish` tells.
            return;
        }
        shared
            .running
            .lists
            .with(list, |list| match is_plain(text) {
                true => list.out.extend_from_slice(text),
                false => escaped(text, &mut list.out),
            });
    })
}

/// A number as a part of a string; false, with nothing written, where it is no integer.
extern "C" fn part_number(shared: &VmState, list: i32, value: f64) -> bool {
    let Some(integer) = as_integer(value) else {
        return false;
    };
    pure_or_default(shared, || {
        shared.running.lists.with(list, |list| {
            let mut digits = itoa::Buffer::new();
            list.out
                .extend_from_slice(digits.format(integer).as_bytes());
        });
        true
    })
}

/// Ends a string that was written in parts.
extern "C" fn finish(shared: &VmState, list: i32, at: i32) {
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        let full = shared.running.lists.bytes.get() > shared.memory.largest();
        shared.running.lists.with(list, |list| {
            if full {
                list.note(too_long(), &step.path);
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
extern "C" fn reserve(shared: &VmState) -> i32 {
    pure_or_default(shared, || {
        let value = shared.running.lists.pending.get() + 1;
        shared.running.lists.pending.set(value);
        let bytes = &shared.running.lists.bytes;
        bytes.set(bytes.get() + size_of::<Pending>());
        value
    })
}

/// Writes a list that is complete as a field of an item.
extern "C" fn put_list(shared: &VmState, list: i32, at: i32, inner: i32) {
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        let lists = &shared.running.lists;
        let Some(mut taken) = lists.with(inner, std::mem::take) else {
            return;
        };
        lists.with(list, |list| {
            list.begin(step);
            if let Some(error) = taken.failure.take() {
                list.note(error, &step.path);
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
                    outer: Some(format!("[{item}]{}{outer}", &step.path).into()),
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
