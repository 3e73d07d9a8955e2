//! The natives of `rover.shared`, for what no trace calls: see `stores.lua`.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::state::{lifetime_of_seconds, parse_lifetime};

use crate::stores::memory::Memory;
use crate::stores::write::StoreError;
use crate::vm::native::raise::{NO_MEMORY, check_stack};
use crate::vm::native::stack::{bytes, mark_array, push, vm_state};
use crate::vm::stores::encoded::{UnpackError, pack, unpack};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 7] = [
    (c"store_encode", encode),
    (c"store_decode", decode),
    (c"store_keys", keys),
    (c"store_size", size),
    (c"store_clear", clear),
    (c"store_problem", problem),
    (c"store_lifetime", lifetime),
];

/// What calls Lua.
pub(crate) const CALLING: [(&std::ffi::CStr, lua_CFunction); 1] = [(c"call_alone", call_alone)];

/// `store_encode(table)`: `true`, or `false` and why it cannot be kept.
unsafe extern "C-unwind" fn encode(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a table. `pack` sees to its own
    // slots; the results take two of the free ones.
    unsafe {
        ffi::lua_settop(state, 1);
        let shared = vm_state(state);
        let mut out = shared.stores.encoded.borrow_mut();
        out.clear();
        let packed = pack(state, shared, &mut out);
        ffi::lua_pushboolean(state, packed.is_ok().into());
        let Err(error) = packed else {
            return 1;
        };
        push(state, error.to_string().as_bytes());
    }
    2
}

/// `store_decode()`: the table that was read last.
unsafe extern "C-unwind" fn decode(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. `unpack` sees to its own slots.
    unsafe {
        let shared = vm_state(state);
        let encoded = shared.stores.kept();
        let unpacked = unpack(state, shared, &encoded);
        shared.stores.keep(&[]);
        match unpacked {
            Ok(()) => 1,
            Err(UnpackError::Raise(raise)) => raise,
            // The store is this program's own.
            Err(UnpackError::Malformed) => panic!("a table was not kept as it was written"),
        }
    }
}

/// The store of the first argument.
///
/// # Safety
/// In a contained native with a number as its first argument.
unsafe fn with<R>(state: *mut lua_State, f: impl FnOnce(&Memory) -> R) -> Option<R> {
    // SAFETY: a number is read.
    unsafe {
        let number = ffi::lua_tonumber(state, 1) as u32;
        vm_state(state).stores.with(number, f)
    }
}

/// `store_keys(store, prefix)`: a list of texts.
unsafe extern "C-unwind" fn keys(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a text, which stays on the
    // stack. The list and a key, or its metatable, take two of the free slots.
    unsafe {
        let shared = vm_state(state);
        let prefix = bytes(state, 2).unwrap_or_default();
        let keys = with(state, |store| store.keys(prefix)).unwrap_or_default();
        ffi::lua_createtable(state, c_int::try_from(keys.len()).unwrap_or(0), 0);
        for (key, number) in keys.iter().zip(1..) {
            push(state, key);
            ffi::lua_rawseti(state, -2, number);
            if number % 64 == 0 {
                if shared.is_full(state) {
                    return NO_MEMORY;
                }
                // What is late is raised at the end of the native.
                if !shared.spend(64) {
                    return 0;
                }
            }
        }
        mark_array(state);
    }
    1
}

/// `store_size(store)`
unsafe extern "C-unwind" fn size(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number. The result takes a free slot.
    unsafe {
        let size = with(state, Memory::size).unwrap_or(0);
        ffi::lua_pushnumber(state, size as f64);
    }
    1
}

/// `store_clear(store)`
unsafe extern "C-unwind" fn clear(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number.
    unsafe { with(state, Memory::clear) };
    0
}

/// `store_problem()`: why something was not written last, and whether that is the program's own mistake.
unsafe extern "C-unwind" fn problem(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. The results take two of the free slots.
    unsafe {
        let problem = vm_state(state).stores.problem.take();
        let text = problem.map(|problem| problem.to_string());
        push(state, text.unwrap_or_default().as_bytes());
        let is_full = matches!(problem, Some(StoreError::Full { .. }));
        ffi::lua_pushboolean(state, (!is_full).into());
    }
    2
}

/// `store_lifetime(value)`: milliseconds, or nothing for what is no time.
unsafe extern "C-unwind" fn lifetime(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with one argument. The result takes a free slot.
    unsafe {
        let time = match ffi::lua_type(state, 1) {
            ffi::LUA_TNUMBER => lifetime_of_seconds(ffi::lua_tonumber(state, 1)),
            ffi::LUA_TSTRING => {
                let text = std::str::from_utf8(bytes(state, 1).unwrap_or_default());
                text.ok().and_then(parse_lifetime)
            }
            _ => None,
        };
        let Some(time) = time else {
            return 0;
        };
        ffi::lua_pushnumber(state, time as f64);
    }
    1
}

/// `call_alone(f, ...)`: calls a function that nothing can suspend, as a call of C's is around it.
unsafe extern "C-unwind" fn call_alone(state: *mut lua_State) -> c_int {
    // SAFETY: `stores.lua` calls this in a protected call, with a function and its arguments, which the call
    // takes. An error leaves this frame, which owns nothing.
    unsafe {
        check_stack(state, vm_state(state));
        ffi::lua_call(state, ffi::lua_gettop(state) - 1, 1);
    }
    1
}
