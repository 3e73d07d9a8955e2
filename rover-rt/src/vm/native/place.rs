//! Where an error is told to be: the lines of calls, as Lua puts them before a text.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use crate::vm::native::raise::RUNTIME;
use crate::vm::native::stack::lossy;
use crate::vm::state::vm::VmState;

/// How many calls the place of an error is looked for in.
const NEAREST_CALLS: c_int = 64;

/// The line that called the runtime, which is empty in a function in C. There is none where
/// the handler ended by calling it: then what runs handlers has called it, the first of all.
///
/// # Safety
/// In a C function that the runtime's Lua called.
pub(crate) unsafe fn caller(state: *mut lua_State) -> Option<String> {
    // SAFETY: the caller is in a C function. `lua_getstack` takes any level and says whether
    // there is one; the record is plain data, which it fills in.
    unsafe {
        let mut level = 1;
        let place = loop {
            let place = where_is(state, level);
            if !place.starts_with(RUNTIME) {
                break place;
            }
            level += 1;
        };
        let mut below: ffi::lua_Debug = std::mem::zeroed();
        let is_called = ffi::lua_getstack(state, level + 1, &mut below) != 0;
        (is_called || !place.is_empty()).then_some(place)
    }
}

/// The line that runs at a level of the stack, as Lua puts it before a text.
///
/// # Safety
/// `state` is a thread with a free slot.
unsafe fn where_is(state: *mut lua_State, level: c_int) -> String {
    // SAFETY: the caller's thread has a free slot, which the place takes until it is popped. LuaJIT takes any level: for one that is not there the place is empty.
    unsafe {
        ffi::luaL_where(state, level);
        let place = lossy(state, -1);
        ffi::lua_pop(state, 1);
        place
    }
}

/// The line of the innermost function of the program's from a level on, as Lua puts it before a text. There is
/// none where all that ran were tail calls of functions in C.
///
/// # Safety
/// `state` is a thread with a free slot: the running one in a C function, or one that is suspended or that an
/// error has ended.
pub(crate) unsafe fn innermost(state: *mut lua_State, from: c_int) -> Option<String> {
    for level in from..from + NEAREST_CALLS {
        // SAFETY: the caller's thread has a free slot, and has it in each round.
        let place = unsafe { where_is(state, level) };
        if !place.is_empty() && !place.starts_with(RUNTIME) {
            return Some(place);
        }
    }
    None
}

/// The line of the running handler, in the same form: what there is to tell where its own call
/// has ended by a tail call.
pub(crate) fn handler_place(shared: &VmState) -> String {
    let handler = shared
        .call()
        .and_then(|call| shared.written_at(call.handler));
    handler.map_or_else(String::new, |place| format!("{place}: "))
}
