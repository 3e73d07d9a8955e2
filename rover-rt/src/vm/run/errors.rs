//! Natives for errors: the message handler of calls, and what raises those of the runtime.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::vm::native::place::{caller, handler_place, innermost};
use crate::vm::native::raise::RAISE;
use crate::vm::native::stack::{bounded, has_meta, lossy, push, vm_state};
use crate::vm::state::request::Raised;
use crate::vm::state::vm::VmState;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 3] =
    [(c"place", place), (c"raise", raise), (c"trace", trace)];

/// The message handler: keeps what there is to log, gives the error on unchanged.
pub(crate) unsafe extern "C-unwind" fn trace(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `lua_pcall` calls with the error value, which is on
    // top. The value takes a free slot.
    unsafe {
        note(state, vm_state(state), (state, 1));
        ffi::lua_pushvalue(state, 1);
    }
    1
}

/// Keeps what there is to log of the error value on top of the stack, which was raised in a thread, whose calls
/// begin at a level. Answers are not logged, and clients could ask for much of it.
///
/// # Safety
/// `state` is a thread with three free slots, in a contained native or outside of any call, and
/// memory is relaxed. The other thread is the same, or an error has ended it.
pub(crate) unsafe fn note(
    state: *mut lua_State,
    shared: &VmState,
    (thread, level): (*mut lua_State, c_int),
) {
    // SAFETY: the traceback takes one of the free slots and is popped. Memory is relaxed, so that
    // nothing raises an error.
    unsafe {
        if has_meta(state, &shared.metatables.http_error)
            || has_meta(state, &shared.metatables.response)
        {
            return;
        }
        let value = ffi::lua_gettop(state);
        let place = innermost(thread, level);
        let text = match (ffi::lua_type(state, value), place) {
            (ffi::LUA_TSTRING | ffi::LUA_TNUMBER, Some(_)) => bounded(state, value),
            (ffi::LUA_TSTRING | ffi::LUA_TNUMBER, None) => {
                let (place, text) = (handler_place(shared), bounded(state, value));
                match text.starts_with(&place) {
                    true => text,
                    false => place + &text,
                }
            }
            // What it says follows when the stack is free again.
            (_, place) => place.unwrap_or_else(|| handler_place(shared)),
        };
        ffi::luaL_traceback(state, thread, std::ptr::null(), level);
        let traceback = lossy(state, -1);
        ffi::lua_pop(state, 1);
        shared.running.raised.replace(Raised {
            text,
            traceback,
            late: shared.is_late(),
        });
    }
}

/// `raise(text)`: the runtime's own functions raise an error with the line that calls them before
/// it, as LuaJIT's do: there is none where `pcall` calls them.
pub(crate) unsafe extern "C-unwind" fn raise(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that the runtime's Lua calls with a text. The place
    // takes one of the free slots, goes below the text, and both are joined. Memory is relaxed,
    // so that nothing raises an error.
    unsafe {
        let place = caller(state).unwrap_or_else(|| handler_place(vm_state(state)));
        push(state, place.as_bytes());
        ffi::lua_insert(state, 1);
        ffi::lua_settop(state, 2);
        ffi::lua_concat(state, 2);
    }
    RAISE
}

/// `place()`: the program's line that calls the runtime, as it stands before an error's text.
unsafe extern "C-unwind" fn place(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that the runtime's Lua calls. The text takes one of the
    // free slots. Memory is relaxed, so that nothing raises an error.
    unsafe { push(state, caller(state).unwrap_or_default().as_bytes()) };
    1
}
