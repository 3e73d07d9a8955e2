//! What builders of responses ask: texts as headers can hold them.

use std::ffi::c_int;

use mlua::ffi::{lua_CFunction, lua_State};

use crate::vm::native::stack::{lossy, push};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 2] =
    [(c"lossy", lossy_text), (c"refused_header", refused_header)];

unsafe extern "C-unwind" fn lossy_text(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that the builders call with a string. The result takes
    // one of the free slots, and memory is relaxed, so that nothing raises an error.
    unsafe { push(state, lossy(state, 1).as_bytes()) };
    1
}

/// `refused_header(name, value)`: why a program cannot set it, or nothing.
unsafe extern "C-unwind" fn refused_header(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that the builders call with two strings. The result
    // takes one of the free slots, and memory is relaxed, so that nothing raises an error.
    unsafe {
        let (name, value) = (lossy(state, 1), lossy(state, 2));
        let Some(reason) = rover_model::refused_header(&name, Some(&value)) else {
            return 0;
        };
        push(state, reason.as_bytes());
    }
    1
}
