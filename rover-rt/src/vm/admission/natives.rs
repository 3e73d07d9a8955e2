//! The natives of the hooks that let requests in: see `admission.lua`.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::message::request::RequestData;
use crate::vm::admission::gate::{begin, is_let_in};
use crate::vm::native::stack::{bytes, running};
use crate::vm::state::vm::VmState;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 2] = [
    (c"limit_lets_in", limit_lets_in),
    (c"key_begins", key_begins),
];

/// Asks for the number of a hook and the name that the program gives, or nil.
///
/// # Safety
/// In a contained native with a number and a text or nil as arguments.
pub(super) unsafe fn ask<R>(
    state: *mut lua_State,
    f: impl FnOnce(&VmState, &RequestData<'_>, usize, Option<&[u8]>) -> R,
) -> R {
    // SAFETY: the arguments are read by their types. The text stays on the stack.
    unsafe {
        let number = ffi::lua_tonumber(state, 1) as usize;
        let name = match ffi::lua_gettop(state) {
            2 => bytes(state, 2),
            _ => None,
        };
        let (shared, call) = running(state);
        f(shared, call.request, number, name)
    }
}

/// `limit_lets_in(number, name)`: whether it does.
unsafe extern "C-unwind" fn limit_lets_in(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `admission.lua` calls so, in a hook. The result takes a free slot.
    unsafe {
        let is_let_in = ask(state, is_let_in);
        ffi::lua_pushboolean(state, is_let_in.into());
    }
    1
}

/// `key_begins(number, name)`: what becomes of the request, as a number.
unsafe extern "C-unwind" fn key_begins(state: *mut lua_State) -> c_int {
    // SAFETY: as in `limit_lets_in`.
    unsafe {
        let keyed = ask(state, begin);
        ffi::lua_pushnumber(state, f64::from(keyed as u8));
    }
    1
}
