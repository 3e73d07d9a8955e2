//! The body as JSON, for specialised handlers.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::vm::json::decode::{self, DecodeError};
use crate::vm::native::raise::TOO_LARGE;
use crate::vm::native::stack::{push, running};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 1] = [(c"body_json", body_json)];

/// The body's JSON; or nil, the status of the answer and what is wrong with it, nil where there
/// is none.
unsafe extern "C-unwind" fn body_json(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, so that memory is relaxed and nothing here raises an
    // error. Of the frame's 20 free slots three are used beside what `decode` sees to itself.
    // The second upvalue is the metatable of arrays. The body belongs to the call, which
    // outlives this frame.
    unsafe {
        let (shared, call) = running(state);
        let decoder = &shared.decoder;
        let mut malformed = None;
        if let Some(body) = call.request.body {
            ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
            let meta = ffi::lua_gettop(state);
            match decode::decode(state, shared, meta, body) {
                Ok(()) => return 1,
                Err(error) => malformed = Some(error),
            }
        }
        ffi::lua_pushnil(state);
        ffi::lua_pushnumber(
            state,
            match malformed {
                Some(DecodeError::Full) => 413.0,
                _ => 400.0,
            },
        );
        match malformed {
            Some(DecodeError::Full) => push(state, TOO_LARGE.as_bytes()),
            Some(error) => decode::push_malformed(state, decoder, error),
            None => ffi::lua_pushnil(state),
        }
    }
    3
}
