//! What `library.lua` asks of the Rust half.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use super::native::{push, shared};
use super::{deadline, guard};
use crate::budget::with_budgets;

pub(super) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 3] = [
    (c"charge", charge),
    (c"check_stack", check_stack),
    (c"instrument", instrument),
];

/// `charge(elements)`: so many elements of a table are about to be moved.
unsafe extern "C-unwind" fn charge(state: *mut lua_State) -> c_int {
    // SAFETY (all functions here): called by `library.lua`; errors leave frames that own
    // nothing.
    unsafe {
        let shared = shared(state);
        let steps = ffi::lua_tonumber(state, 1) / 16.0;
        if !shared.deadline.spend(steps as u32) {
            deadline::raise(state, shared);
        }
    }
    0
}

/// Raises an error where calls between Lua and C have come too deep.
unsafe extern "C-unwind" fn check_stack(state: *mut lua_State) -> c_int {
    // SAFETY: see `charge`.
    unsafe { guard::check_stack(state, shared(state)) };
    0
}

/// `instrument(text)` gives a chunk's text with budgets, or nil and what is wrong.
unsafe extern "C-unwind" fn instrument(state: *mut lua_State) -> c_int {
    // SAFETY: see `charge`; the argument is a string, which stays on the stack.
    unsafe {
        let shared = shared(state);
        guard::native(state, shared, || {
            let mut length = 0;
            let text = ffi::lua_tolstring(state, 1, &raw mut length);
            let text: &[u8] = std::slice::from_raw_parts(text.cast(), length);
            match with_budgets(text) {
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
