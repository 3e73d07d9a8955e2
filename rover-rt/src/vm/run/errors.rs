//! Natives for errors: the message handler of calls, and what raises those of the runtime.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::vm::native::place::{caller, handler_place, innermost};
use crate::vm::native::raise::RAISE;
use crate::vm::native::stack::{bounded, has_meta, lossy, push, vm_state};
use crate::vm::state::request::Raised;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 2] =
    [(c"raise", raise), (c"trace", trace)];

/// The message handler: keeps what there is to log, gives the error on unchanged. Answers are
/// not logged, and clients could ask for much of it.
pub(crate) unsafe extern "C-unwind" fn trace(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `lua_pcall` calls with the error value. The
    // traceback and the value take two of the free slots. Memory is relaxed, so that nothing
    // raises an error.
    unsafe {
        let shared = vm_state(state);
        if has_meta(state, &shared.metatables.http_error)
            || has_meta(state, &shared.metatables.response)
        {
            return 1;
        }
        let place = innermost(state);
        let text = match (ffi::lua_type(state, 1), place) {
            (ffi::LUA_TSTRING | ffi::LUA_TNUMBER, Some(_)) => bounded(state, 1),
            (ffi::LUA_TSTRING | ffi::LUA_TNUMBER, None) => {
                let (place, text) = (handler_place(shared), bounded(state, 1));
                match text.starts_with(&place) {
                    true => text,
                    false => place + &text,
                }
            }
            // What it says follows when the stack is free again.
            (_, place) => place.unwrap_or_else(|| handler_place(shared)),
        };
        ffi::luaL_traceback(state, state, std::ptr::null(), 1);
        let traceback = lossy(state, -1);
        shared.running.raised.replace(Raised {
            text,
            traceback,
            late: shared.is_late(),
        });
        ffi::lua_pushvalue(state, 1);
    }
    1
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
