//! Parts of the request that were checked and stay where they were laid out: handlers read
//! them by name (the compiler's `lower/expect`).

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::guard::Value;

use crate::vm::guard::check::{lay_out, push_part};
use crate::vm::guard::layout::{Origin, Source, fits};
use crate::vm::guard::write;
use crate::vm::native::raise::results;
use crate::vm::native::stack::running;
use crate::vm::native::traced::{Traced, traced};
use crate::vm::native::unwind::{pure, pure_or_default};
use crate::vm::state::call::Call;
use crate::vm::state::in_place::Parts;
use crate::vm::state::vm::VmState;
use crate::vm::write::error::EncodeError;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 2] = [
    (c"check_in_place", check_in_place),
    (c"in_place_value", checked_value),
];

/// `check_in_place(source, number, part)`: checks a part of the request, and keeps it by this number.
pub(crate) unsafe extern "C-unwind" fn check_in_place(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that lowered code calls in a request, with the three
    // numbers that the compiler wrote. What is pushed is an error's function and its arguments,
    // for which there is room among 20 slots. Memory is relaxed, so that nothing raises an
    // error here.
    unsafe {
        let (shared, call) = running(state);
        let source = Source::from_number(ffi::lua_tonumber(state, 1));
        let number = ffi::lua_tonumber(state, 2) as usize;
        let part = ffi::lua_tonumber(state, 3) as i32;
        let Some(schema) = shared.program.guards.get(number) else {
            return 0;
        };
        let parts = &shared.running.checks.in_place;
        let laid = parts.fill(part, schema, |checked| {
            lay_out(state, shared, call, source, schema, checked)
        });
        results(laid.map(|_| 0))
    }
}

/// As [`check_in_place`] where the part passes; false where that has more to do: it raises what
/// is wrong.
pub(crate) extern "C" fn fits_in_place(
    shared: &VmState,
    source: i32,
    number: i32,
    part: i32,
) -> bool {
    pure_or_default(shared, || {
        let source = Source::from_number(f64::from(source));
        let Some((call, schema)) = shared
            .call()
            .zip(shared.program.guards.get(number as usize))
        else {
            return false;
        };
        let checks = &shared.running.checks;
        checks.is_ready(source.first(number as usize, Some(part)))
            || checks.in_place.fill(part, schema, |checked| {
                fits(shared, call, source, schema, checked)
            })
    })
}

/// `in_place_value(part, path)`: a field's value.
pub(crate) unsafe extern "C-unwind" fn checked_value(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that lowered code calls in a request, with the two
    // numbers that the compiler wrote. The checked value is not written to while it is pushed,
    // as no Lua code runs. Memory is relaxed, so that nothing raises an error here.
    unsafe {
        let (shared, call) = running(state);
        let (part, path) = (ffi::lua_tonumber(state, 1), ffi::lua_tonumber(state, 2));
        let parts = &shared.running.checks.in_place;
        match parts.whole(part as i32, path as i32) {
            Some((checked, schema, value)) => {
                let origin = Origin::Json(call.request.body.unwrap_or_default());
                push_part(state, shared, checked, (schema, value), origin)
            }
            None => {
                ffi::lua_pushnil(state);
                1
            }
        }
    }
}

/// What `direct.lua` calls through the FFI, by name.
pub(crate) fn functions() -> [Traced; 7] {
    traced! {
        "in_place_fits" = fits_in_place: fn(&VmState, i32, i32, i32) -> bool,
        "in_place_kind" = kind: fn(&VmState, i32, i32, i32) -> i32,
        "in_place_number" = number: fn(&VmState, i32, i32, i32) -> f64,
        "in_place_text" = text: fn(&VmState, i32, i32, i32, &mut u32) -> *const u8,
        "in_place_first" = first: fn(&VmState, i32, i32, i32) -> i32,
        "in_place_length" = length: fn(&VmState, i32, i32, i32) -> i32,
        "in_place_at" = slot: fn(&VmState, i32, i32, i32) -> i32,
    }
}

/// What a part is: see `direct.lua`.
extern "C" fn kind(shared: &VmState, part: i32, base: i32, path: i32) -> i32 {
    pure_or_default(shared, || {
        match shared.running.checks.in_place.part(part, base, path) {
            Value::Absent | Value::Other(_) => 0,
            Value::Null => 1,
            Value::Boolean(false) => 2,
            Value::Boolean(true) => 3,
            Value::Number(_) => 4,
            Value::Text(_) => 5,
            Value::Array { .. } | Value::Object { .. } | Value::Any(_) | Value::Constant(_) => 6,
        }
    })
}

/// A part's number.
extern "C" fn number(shared: &VmState, part: i32, base: i32, path: i32) -> f64 {
    pure_or_default(shared, || {
        match shared.running.checks.in_place.part(part, base, path) {
            Value::Number(value) => value,
            _ => 0.0,
        }
    })
}

/// A part's text, which stays as it is until the part is checked again.
extern "C" fn text(
    shared: &VmState,
    part: i32,
    base: i32,
    path: i32,
    length: &mut u32,
) -> *const u8 {
    let text = pure(shared, || {
        let call = shared.call()?;
        let checked = &shared.running.checks.in_place.get(part)?.checked;
        let Value::Text(text) = checked.part(base, path) else {
            return None;
        };
        let bytes = checked.bytes(call.request.body.unwrap_or_default(), text);
        Some((bytes.as_ptr(), text.length))
    });
    let (text, bytes) = text.flatten().unwrap_or((c"".as_ptr().cast(), 0));
    *length = bytes;
    text
}

/// A list's first slot.
extern "C" fn first(shared: &VmState, part: i32, base: i32, path: i32) -> i32 {
    pure_or_default(shared, || {
        shared.running.checks.in_place.list(part, base, path).0 as i32
    })
}

/// A list's length.
extern "C" fn length(shared: &VmState, part: i32, base: i32, path: i32) -> i32 {
    pure_or_default(shared, || {
        shared.running.checks.in_place.list(part, base, path).1 as i32
    })
}

/// The slot of a part that a path of at least one field leads to.
extern "C" fn slot(shared: &VmState, part: i32, base: i32, path: i32) -> i32 {
    pure_or_default(shared, || {
        // The last field is the highest byte that is not zero.
        let last = 31 - path.leading_zeros() as i32;
        let shift = last.max(0) / 8 * 8;
        let outer = path & !(0xff << shift);
        match shared.running.checks.in_place.part(part, base, outer) {
            Value::Object { first } => first as i32 + (path >> shift) - 1,
            _ => i32::MAX,
        }
    })
}

/// Calls `f` to write what is around a checked value, if there is one, then writes it.
pub(crate) fn write_checked(
    shared: &VmState,
    call: &Call<'_>,
    out: &mut Vec<u8>,
    (part, path): (usize, u32),
    f: impl FnOnce(&mut Vec<u8>),
) -> Result<(), EncodeError> {
    let parts = &shared.running.checks.in_place;
    match parts.whole(part as i32, path as i32) {
        None | Some((.., Value::Absent)) => Ok(()),
        Some((checked, schema, value)) => {
            f(out);
            let source = call.request.body.unwrap_or_default();
            write::write(out, checked, schema, value, source)
        }
    }
}
