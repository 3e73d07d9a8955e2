//! Values as the server keeps them: a number as a text, all others as `vm/stores/encoded.rs` writes them.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use crate::remote::store::{NUMBER, parse_number};
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::state::vm::VmState;
use crate::vm::stores::encoded::{UnpackError, pack, unpack};
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;

/// The value at an index, for the server.
///
/// # Safety
/// In a contained native, with a value at this index and a free slot.
pub(super) unsafe fn encoded(
    state: *mut lua_State,
    shared: &VmState,
    index: c_int,
) -> Result<Vec<u8>, WaitError> {
    // SAFETY: a number is read as one. Another value is copied to the free slot for `pack`, which sees to its own slots.
    unsafe {
        if ffi::lua_type(state, index) == ffi::LUA_TNUMBER {
            let number = ffi::lua_tonumber(state, index);
            return Ok([&[NUMBER][..], number.to_string().as_bytes()].concat());
        }
        let mut out = Vec::new();
        ffi::lua_pushvalue(state, index);
        let packed = pack(state, shared, &mut out);
        packed.map_err(|error| WaitError::new("argument", error.to_string()))?;
        Ok(out)
    }
}

/// `remote_value(bytes)`: `true` and the value that the server has kept; no bytes are nil. Others may have written
/// there: then `false`, and what its error is made of.
pub(super) unsafe extern "C-unwind" fn value(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a text, which stays on the stack. The results take
    // free slots; `unpack` sees to its own.
    unsafe {
        let shared = vm_state(state);
        let encoded = bytes(state, 1).unwrap_or_default();
        ffi::lua_pushboolean(state, 1);
        let unpacked = match encoded.split_first() {
            None => {
                ffi::lua_pushnil(state);
                Ok(())
            }
            Some((&NUMBER, digits)) => match parse_number(digits) {
                Some(number) => {
                    ffi::lua_pushnumber(state, number);
                    Ok(())
                }
                None => Err(UnpackError::Malformed),
            },
            Some(_) => unpack(state, shared, encoded),
        };
        match unpacked {
            Ok(()) => 2,
            Err(UnpackError::Raise(raise)) => raise,
            Err(UnpackError::Malformed) => {
                let message = "state: others have written this key: what it has is no value";
                push_error(state, &WaitError::new("query", message))
            }
        }
    }
}
