//! The natives of `rover.base64`, `rover.hex` and `rover.url`, which `crypto.lua` calls with what it has
//! checked. What cannot be decoded is nil, and why.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::coding::{self, CodingError};

use crate::vm::native::raise::NO_MEMORY;
use crate::vm::native::stack::{bytes, push, vm_state};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 6] = [
    (c"to_base64", to_base64),
    (c"from_base64", from_base64),
    (c"to_hex", to_hex),
    (c"from_hex", from_hex),
    (c"to_url", to_url),
    (c"from_url", from_url),
];

/// Calls `f` with the text where there is room for what it makes, which is at most so many times as long.
///
/// # Safety
/// In a contained native with four free slots, whose first argument is a text.
unsafe fn coded<T: AsRef<[u8]>>(
    state: *mut lua_State,
    times: usize,
    f: impl FnOnce(&[u8]) -> Result<T, CodingError>,
) -> c_int {
    // SAFETY: the caller is such a native. The text stays on the stack while it is read.
    unsafe {
        let text = bytes(state, 1).unwrap_or_default();
        if text.len().saturating_mul(times) > vm_state(state).room() {
            return NO_MEMORY;
        }
        match f(text) {
            Ok(made) => {
                push(state, made.as_ref());
                1
            }
            Err(error) => {
                ffi::lua_pushnil(state);
                push(state, error.to_string().as_bytes());
                2
            }
        }
    }
}

/// `to_base64(text, url, pad)`
unsafe extern "C-unwind" fn to_base64(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text and two booleans.
    unsafe {
        let url = ffi::lua_toboolean(state, 2) != 0;
        let pad = ffi::lua_toboolean(state, 3) != 0;
        coded(state, 2, |text| Ok(coding::to_base64(text, url, pad)))
    }
}

/// `from_base64(text, url)`
unsafe extern "C-unwind" fn from_base64(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text and a boolean.
    unsafe {
        let url = ffi::lua_toboolean(state, 2) != 0;
        coded(state, 1, |text| coding::from_base64(text, url))
    }
}

/// `to_hex(text)`
unsafe extern "C-unwind" fn to_hex(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe { coded(state, 2, |text| Ok(coding::to_hex(text))) }
}

/// `from_hex(text)`
unsafe extern "C-unwind" fn from_hex(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe { coded(state, 1, coding::from_hex) }
}

/// `to_url(text)`
unsafe extern "C-unwind" fn to_url(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe { coded(state, 3, |text| Ok(coding::to_url(text))) }
}

/// `from_url(text)`
unsafe extern "C-unwind" fn from_url(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe { coded(state, 1, coding::from_url) }
}
