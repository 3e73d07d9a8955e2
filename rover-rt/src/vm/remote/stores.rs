//! The natives of `rover.shared` where its keys are on a server. Each waits; an error of the kind "argument" is the
//! program's own.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::remote::Remote;
use crate::remote::store::{Counted, Key, When, kind};
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::remote::values::{encoded, value};
use crate::vm::state::vm::VmState;
use crate::vm::stores::traced::lifetime;
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Operation, Outcome};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 9] = [
    (c"state_is_elsewhere", is_elsewhere),
    (c"remote_value", value),
    (c"remote_get", get),
    (c"remote_set", set),
    (c"remote_incr", incr),
    (c"remote_delete", delete),
    (c"remote_keys", keys),
    (c"remote_size", size),
    (c"remote_clear", clear),
];

/// `state_is_elsewhere()`: whether the program's state is on a server.
unsafe extern "C-unwind" fn is_elsewhere(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. The result takes a free slot.
    unsafe { ffi::lua_pushboolean(state, vm_state(state).is_elsewhere().into()) };
    1
}

/// A question to the server, which the running coroutine waits for.
///
/// # Safety
/// In a contained native.
pub(crate) unsafe fn wait_for(
    state: *mut lua_State,
    shared: &VmState,
    asked: impl Future<Output = Outcome> + 'static,
) -> c_int {
    // SAFETY: the caller is a contained native, with its free slots.
    unsafe { park(state, shared, Operation::Outside(Box::pin(asked))) }
}

/// The server, and the name of the store whose number is the first argument. `stores.lua` has numbers of stores that there
/// are.
///
/// # Safety
/// In a contained native with a number as its first argument.
unsafe fn store<'a>(state: *mut lua_State) -> (&'a VmState, Option<(Remote, String)>) {
    // SAFETY: a number is read.
    let (shared, number) = unsafe { (vm_state(state), ffi::lua_tonumber(state, 1) as u32) };
    let name = shared.stores.name(number);
    (shared, shared.remote.clone().zip(name))
}

/// The same with the key of the second argument.
///
/// # Safety
/// In a contained native with a number and a text as its first arguments.
unsafe fn key<'a>(state: *mut lua_State) -> (&'a VmState, Option<(Remote, Key)>) {
    // SAFETY: the arguments are as they are read.
    unsafe {
        let (shared, store) = store(state);
        let key = bytes(state, 2).unwrap_or_default();
        let store = store.map(|(remote, name)| {
            let key = remote.key_of(&name, key);
            (remote, key)
        });
        (shared, store)
    }
}

/// What a value counts as in a store: a text as its own bytes, what is neither that nor a table as none.
fn size_of_value(encoded: &[u8]) -> usize {
    const LENGTH: usize = 5;
    match encoded.first() {
        Some(b's') => encoded.len() - LENGTH.min(encoded.len()),
        Some(b'a' | b'o') => encoded.len(),
        _ => 0,
    }
}

/// `remote_get(store, key)`: the bytes of the value; nothing where there is none.
unsafe extern "C-unwind" fn get(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a text.
    unsafe {
        let (shared, Some((remote, key))) = key(state) else {
            return 0;
        };
        let room = shared.room();
        wait_for(state, shared, async move {
            let value = remote.get(key, room).await?;
            Ok(value.map_or(Given::Nothing, Given::Bytes))
        })
    }
}

/// `remote_set(store, key, value, lifetime, when)`: whether it was written. `when` is the bytes of the value that must
/// be there, or a number as for stores in memory.
unsafe extern "C-unwind" fn set(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number, a text, a value, a number, and a number
    // or a text.
    unsafe {
        let (shared, Some((remote, key))) = key(state) else {
            return 0;
        };
        let value = match encoded(state, shared, 3) {
            Ok(value) => value,
            Err(error) => return push_error(state, &error),
        };
        let number = ffi::lua_tonumber(state, 1) as u32;
        let text = bytes(state, 2).unwrap_or_default();
        let size = size_of_value(&value);
        let fits = shared
            .stores
            .with(number, |store| store.check_size(text, size));
        if let Some(Err(error)) = fits {
            let error = WaitError::new("argument", error.to_string());
            return push_error(state, &error);
        }
        let lifetime = lifetime(ffi::lua_tonumber(state, 4));
        let when = match ffi::lua_type(state, 5) {
            ffi::LUA_TSTRING => When::Same(bytes(state, 5).unwrap_or_default().to_vec()),
            _ if ffi::lua_tonumber(state, 5) == -1.0 => When::Absent,
            _ => When::Always,
        };
        wait_for(state, shared, async move {
            let done = remote.set(key, value, lifetime, when).await?;
            Ok(Given::Boolean(done))
        })
    }
}

/// `remote_incr(store, key, by, lifetime)`: the sum.
unsafe extern "C-unwind" fn incr(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number, a text and two numbers.
    unsafe {
        let (shared, Some((remote, key))) = key(state) else {
            return 0;
        };
        let by = ffi::lua_tonumber(state, 3);
        let lifetime = lifetime(ffi::lua_tonumber(state, 4));
        wait_for(state, shared, async move {
            match remote.incr(key, by, lifetime).await? {
                Counted::Sum(sum) => Ok(Given::Number(sum)),
                Counted::NotANumber(first) => {
                    let message = format!("its value is {}, not a number", kind(first));
                    Err(WaitError::new("argument", message))
                }
            }
        })
    }
}

/// `remote_delete(store, key, same)`: whether it was there, with these bytes where they are given.
unsafe extern "C-unwind" fn delete(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number, a text, and a text or nil.
    unsafe {
        let (shared, Some((remote, key))) = key(state) else {
            return 0;
        };
        let same = match ffi::lua_type(state, 3) {
            ffi::LUA_TSTRING => bytes(state, 3).map(<[u8]>::to_vec),
            _ => None,
        };
        wait_for(state, shared, async move {
            Ok(Given::Boolean(remote.delete(key, same).await?))
        })
    }
}

/// `remote_keys(store, prefix)`: a list of texts.
unsafe extern "C-unwind" fn keys(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a text.
    unsafe {
        let (shared, Some((remote, name))) = store(state) else {
            return 0;
        };
        let prefix = bytes(state, 2).unwrap_or_default().to_vec();
        let room = shared.memory.free();
        wait_for(state, shared, async move {
            Ok(Given::Texts(remote.keys(name, prefix, room).await?))
        })
    }
}

/// `remote_size(store)`
unsafe extern "C-unwind" fn size(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number.
    unsafe {
        let (shared, Some((remote, name))) = store(state) else {
            return 0;
        };
        wait_for(state, shared, async move {
            Ok(Given::Number(remote.size(name).await? as f64))
        })
    }
}

/// `remote_clear(store)`
unsafe extern "C-unwind" fn clear(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number.
    unsafe {
        let (shared, Some((remote, name))) = store(state) else {
            return 0;
        };
        wait_for(state, shared, async move {
            remote.clear(name).await?;
            Ok(Given::Nothing)
        })
    }
}
