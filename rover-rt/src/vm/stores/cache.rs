//! The natives of `rover.cache`: see `stores.lua`.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::stores::cache::{Asked, Made, wait};
use crate::vm::native::stack::{bytes, push, vm_state};
use crate::vm::state::vm::VmState;
use crate::vm::stores::encoded::{UnpackError, pack, unpack};
use crate::vm::wait::natives::park;
use crate::wait::operation::{Given, Operation};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 7] = [
    (c"cache_ask", ask),
    (c"cache_made", made),
    (c"cache_finish", finish),
    (c"cache_fail", fail),
    (c"cache_leave", leave),
    (c"cache_delete", delete),
    (c"cache_clear", clear),
];

// What somebody who asks is told, before the value or its number.
pub(crate) const VALUE: f64 = 1.0;
pub(crate) const MAKE: f64 = 2.0;
const ERROR: f64 = 3.0;
/// Who made it has gone: it is to be asked again.
const AGAIN: f64 = 4.0;

/// Pushes a value of a cache. No bytes are nil.
///
/// # Safety
/// In a contained native, with a free slot.
unsafe fn push_value(state: *mut lua_State, shared: &VmState, encoded: &[u8]) -> Result<(), c_int> {
    // SAFETY: nil takes the free slot; `unpack` sees to its own.
    unsafe {
        if encoded.is_empty() {
            ffi::lua_pushnil(state);
            return Ok(());
        }
        unpack(state, shared, encoded).map_err(|error| match error {
            UnpackError::Raise(raise) => raise,
            // The cache is this process's own.
            UnpackError::Malformed => panic!("a value was not kept as it was written"),
        })
    }
}

/// `cache_ask(cache, key)`: what the caller is told, and the value, or the number of the one that it makes. Where another
/// makes it, that is waited for: `true`, what the caller is told, and the value for `cache_made`.
unsafe extern "C-unwind" fn ask(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a text. The results take free slots.
    unsafe {
        let shared = vm_state(state);
        let Some(cache) = shared.stores.cache(ffi::lua_tonumber(state, 1) as u32) else {
            return 0;
        };
        match cache.ask(bytes(state, 2).unwrap_or_default()) {
            Asked::Value(value) => {
                ffi::lua_pushnumber(state, VALUE);
                match push_value(state, shared, &value) {
                    Ok(()) => 2,
                    Err(raise) => raise,
                }
            }
            Asked::Make(ticket) => {
                let number = shared.stores.next();
                shared.running.waits.making.keep(number, ticket);
                ffi::lua_pushnumber(state, MAKE);
                ffi::lua_pushnumber(state, number.into());
                2
            }
            Asked::Wait(others) => {
                let waiting = async move { Ok(told(wait(others).await)) };
                park(state, shared, Operation::Outside(Box::pin(waiting)))
            }
        }
    }
}

/// What somebody is told who has waited for another.
pub(crate) fn told(made: Made) -> Given {
    let (what, value) = match made {
        Made::Nothing => (AGAIN, None),
        Made::Value(value) => (VALUE, Some(value)),
        Made::Error(error) => (ERROR, Some(error)),
    };
    let value = value.map_or(Given::Nothing, |value| Given::Bytes(value.to_vec()));
    Given::Several(vec![Given::Number(what), value])
}

/// `cache_made(bytes)`: the value that was waited for.
unsafe extern "C-unwind" fn made(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a text, which stays on the stack.
    unsafe {
        let encoded = bytes(state, 1).unwrap_or_default();
        match push_value(state, vm_state(state), encoded) {
            Ok(()) => 1,
            Err(raise) => raise,
        }
    }
}

/// `cache_finish(number, value, milliseconds)`: `true`, or `false` and why the value cannot be kept.
unsafe extern "C-unwind" fn finish(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with two numbers and a value in between. The value is
    // copied to the top for `pack`; the results take two of the free slots.
    unsafe {
        let shared = vm_state(state);
        let ticket = shared
            .running
            .waits
            .making
            .take(ffi::lua_tonumber(state, 1) as u32);
        let time = ffi::lua_tonumber(state, 3) as u64;
        let mut out = shared.stores.encoded.borrow_mut();
        out.clear();
        ffi::lua_pushvalue(state, 2);
        if ffi::lua_isnil(state, 2) == 0
            && let Err(error) = pack(state, shared, &mut out)
        {
            ffi::lua_pushboolean(state, 0);
            push(state, error.to_string().as_bytes());
            return 2;
        }
        // A value that is larger than the cache is given and not kept.
        let _ = ticket.map(|ticket| ticket.finish(&out, time));
        ffi::lua_pushboolean(state, 1);
    }
    1
}

/// `cache_fail(number, error)`: those who wait get this error, too. Where it cannot be copied, or is only that of this
/// request, whose time is over, they make the value themselves.
unsafe extern "C-unwind" fn fail(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a value, which is on top.
    unsafe {
        let shared = vm_state(state);
        let waits = &shared.running.waits;
        let ticket = waits.making.take(ffi::lua_tonumber(state, 1) as u32);
        let mut out = shared.stores.encoded.borrow_mut();
        out.clear();
        ffi::lua_settop(state, 2);
        let is_over = waits.cancelled.get() || shared.is_late();
        if !is_over
            && pack(state, shared, &mut out).is_ok()
            && let Some(ticket) = ticket
        {
            ticket.fail(&out);
        }
    }
    0
}

/// `cache_leave(number)`: another makes the value.
unsafe extern "C-unwind" fn leave(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number.
    unsafe {
        let number = ffi::lua_tonumber(state, 1) as u32;
        drop(vm_state(state).running.waits.making.take(number));
    }
    0
}

/// `cache_delete(cache, key)`: whether it was there.
unsafe extern "C-unwind" fn delete(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a text. The result takes a free slot.
    unsafe {
        let cache = vm_state(state)
            .stores
            .cache(ffi::lua_tonumber(state, 1) as u32);
        let key = bytes(state, 2).unwrap_or_default();
        let removed = cache.is_some_and(|cache| cache.delete(key));
        ffi::lua_pushboolean(state, removed.into());
    }
    1
}

/// `cache_clear(cache)`
unsafe extern "C-unwind" fn clear(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number.
    unsafe {
        let cache = vm_state(state)
            .stores
            .cache(ffi::lua_tonumber(state, 1) as u32);
        cache.iter().for_each(|cache| cache.clear());
    }
    0
}
