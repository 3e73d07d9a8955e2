//! `rover.json` itself.

use std::ffi::c_int;
use std::io::Write;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::vm::json::{decode, encode};
use crate::vm::native::raise::TOO_LARGE;
use crate::vm::native::stack::{bytes, push, vm_state};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 2] =
    [(c"json_decode", json_decode), (c"json_encode", json_encode)];

/// The registry's `json_encode`.
pub(crate) const ENCODE: &std::ffi::CStr = c"rover.json_encode";

/// The buffer is kept for the next text up to this size.
const KEPT_BYTES: usize = 256 * 1024;

/// `json_decode(text)` gives true and the value, or false and a message; and what a client is
/// told where there is no memory for the value of what it has sent.
unsafe extern "C-unwind" fn json_decode(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `rover.json.decode` calls with a string, which
    // stays on the stack while it is parsed. The metatable, the results and a message take five
    // of its 20 free slots; `decode` sees to its own. Memory is relaxed, so that nothing raises
    // an error.
    unsafe {
        let text = bytes(state, 1).unwrap_or_default();
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        let meta = ffi::lua_gettop(state);
        ffi::lua_pushboolean(state, 1);
        let shared = vm_state(state);
        let Err(failed) = decode::decode(state, shared, meta, text) else {
            return 2;
        };
        let full = matches!(failed, decode::DecodeError::Full);
        ffi::lua_pushboolean(state, 0);
        decode::push_malformed(state, &shared.decoder, failed);
        if full {
            push(state, TOO_LARGE.as_bytes());
            return 3;
        }
    }
    2
}

/// `json_encode(value)` gives true and the text, or false and a message.
unsafe extern "C-unwind" fn json_encode(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `rover.json.encode` calls with a value. No Lua
    // code runs while the buffer is written, so that it has no other user. Memory is relaxed,
    // so that nothing raises an error; the results take two of the free slots.
    unsafe {
        ffi::lua_settop(state, 1);
        let shared = vm_state(state);
        let out = &mut *shared.encoded.get();
        out.clear();
        let result = encode::encode(state, shared, out);
        let ok = result.is_ok();
        if let Err(error) = result {
            out.clear();
            // A vector takes all that is written.
            let _ = write!(out, "{error}");
        }
        ffi::lua_pushboolean(state, c_int::from(ok));
        push(state, out);
        out.clear();
        out.shrink_to(KEPT_BYTES);
    }
    2
}
