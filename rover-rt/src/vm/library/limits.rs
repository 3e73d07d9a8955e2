//! What `library.lua` asks of the Rust half.

use std::ffi::c_int;

use crate::vm::library::budgets::with_budgets;
use crate::vm::native::raise::{check_stack as check_depth, late};
use crate::vm::native::stack::{bytes, push, vm_state};
use crate::vm::native::unwind::contained;
use mlua::ffi::{self, lua_CFunction, lua_State};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 4] = [
    (c"charge", charge),
    (c"check_stack", check_stack),
    (c"instrument", instrument),
    (c"format_length", format_length),
];

/// `charge(elements)`: so many elements of a table are about to be moved.
unsafe extern "C-unwind" fn charge(state: *mut lua_State) -> c_int {
    // SAFETY: this native is called by `library.lua` with a number, and `register` has made it.
    // The error leaves this frame, which owns nothing.
    unsafe {
        let shared = vm_state(state);
        let steps = ffi::lua_tonumber(state, 1) / 16.0;
        if !shared.spend(steps as u32) {
            late(state, shared);
        }
    }
    0
}

/// Raises an error where calls between Lua and C have come too deep.
unsafe extern "C-unwind" fn check_stack(state: *mut lua_State) -> c_int {
    // SAFETY: this native is called by `library.lua` in a protected call, and `register` has
    // made it. The error leaves this frame, which owns nothing.
    unsafe { check_depth(state, vm_state(state)) };
    0
}

/// `instrument(text)` gives a chunk's text with budgets, or nil and what is wrong.
unsafe extern "C-unwind" fn instrument(state: *mut lua_State) -> c_int {
    // SAFETY: this native is called by `library.lua` with a string, which stays on the stack
    // while it is read. What is contained pushes two values into 20 free slots; the texts that
    // it owns are dropped before an error is raised.
    unsafe {
        let shared = vm_state(state);
        contained(state, shared, || {
            match with_budgets(bytes(state, 1).unwrap_or_default()) {
                Ok(text) => {
                    push(state, &text);
                    1
                }
                Err(reserved) => {
                    ffi::lua_pushnil(state);
                    push(state, reserved.to_string().as_bytes());
                    2
                }
            }
        })
    }
}

/// `format_length(format, ...)`: how long the result of `string.format` is at least, of which
/// only the texts count.
unsafe extern "C-unwind" fn format_length(state: *mut lua_State) -> c_int {
    // SAFETY: this native is called by `library.lua` with a format, which is a string, and the
    // arguments for it. All stay on the stack, and an index beyond them is that of no value.
    // Only strings are asked for their length. One of the free slots is used.
    unsafe {
        let shared = vm_state(state);
        contained(state, shared, || {
            let format = bytes(state, 1).unwrap_or_default();
            let mut argument = 1;
            let length = formatted_length(format, || {
                argument += 1;
                match ffi::lua_type(state, argument) {
                    ffi::LUA_TSTRING => ffi::lua_objlen(state, argument),
                    _ => 0,
                }
            });
            ffi::lua_pushnumber(state, length as f64);
            1
        })
    }
}

/// Adds up a format's own text and the texts that it places, whose lengths are asked for one
/// after the other.
fn formatted_length(format: &[u8], mut next: impl FnMut() -> usize) -> usize {
    let (mut bytes, mut rest) = (0, format);
    while let Some(at) = memchr::memchr(b'%', rest) {
        bytes += at;
        rest = &rest[at + 1..];
        if let [b'%', after @ ..] = rest {
            bytes += 1;
            rest = after;
            continue;
        }
        let end = rest.iter().position(u8::is_ascii_alphabetic);
        // A format that ends before its letter is an error of its own.
        let Some(end) = end else { break };
        let text = next();
        bytes += match (rest[end], precision(&rest[..end])) {
            (b's', Some(most)) => text.min(most),
            (b's' | b'q', _) => text,
            _ => 0,
        };
        rest = &rest[end + 1..];
    }
    bytes + rest.len()
}

/// What stands behind the point in `%5.3s`.
fn precision(flags: &[u8]) -> Option<usize> {
    let point = flags.iter().position(|byte| *byte == b'.')?;
    let digits = std::str::from_utf8(&flags[point + 1..]).ok()?;
    // No digits stand for 0.
    Some(digits.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests;
