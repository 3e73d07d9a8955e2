//! The natives of `rover.crypto`, which `crypto.lua` calls with what it has checked.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::coding::to_hex;

use crate::crypto::hash::{self, Code, Hash};
use crate::crypto::seal::{KEY, MORE};
use crate::crypto::{random, uuid};
use crate::vm::native::raise::NO_MEMORY;
use crate::vm::native::stack::{bytes, push, vm_state};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 8] = [
    (c"crypto_hash", hash_of),
    (c"crypto_hmac", hmac),
    (c"crypto_equals", equals),
    (c"crypto_random", random_bytes),
    (c"crypto_uuid", random_uuid),
    (c"crypto_uuid7", timed_uuid),
    (c"crypto_encrypt", encrypt),
    (c"crypto_decrypt", decrypt),
];

/// # Safety
/// In a contained native with two free slots.
unsafe fn push_code(state: *mut lua_State, code: Option<Code>, hex: bool) -> c_int {
    // SAFETY: the caller has the free slot.
    unsafe {
        match code {
            None => ffi::lua_pushnil(state),
            Some(code) if hex => push(state, to_hex(code.as_bytes()).as_bytes()),
            Some(code) => push(state, code.as_bytes()),
        }
    }
    1
}

/// `crypto_hash(name, text, hex)`: nil where no hash function has the name.
unsafe extern "C-unwind" fn hash_of(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `crypto.lua` calls with two texts and a boolean.
    unsafe {
        let function = Hash::by_name(bytes(state, 1).unwrap_or_default());
        let text = bytes(state, 2).unwrap_or_default();
        let code = function.map(|function| function.of(text));
        push_code(state, code, ffi::lua_toboolean(state, 3) != 0)
    }
}

/// `crypto_hmac(name, key, text, hex)`: nil where no hash function has the name.
unsafe extern "C-unwind" fn hmac(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `crypto.lua` calls with three texts and a boolean.
    unsafe {
        let function = Hash::by_name(bytes(state, 1).unwrap_or_default());
        let key = bytes(state, 2).unwrap_or_default();
        let text = bytes(state, 3).unwrap_or_default();
        let code = function.map(|function| function.keyed(key, text));
        push_code(state, code, ffi::lua_toboolean(state, 4) != 0)
    }
}

/// `crypto_equals(a, b)`
unsafe extern "C-unwind" fn equals(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `crypto.lua` calls with two texts.
    unsafe {
        let (a, b) = (bytes(state, 1), bytes(state, 2));
        let are = hash::equals(a.unwrap_or_default(), b.unwrap_or_default());
        ffi::lua_pushboolean(state, are.into());
    }
    1
}

/// `crypto_random(n, hex)`: the caller has seen to it that the number is not too large.
unsafe extern "C-unwind" fn random_bytes(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `crypto.lua` calls with a number and a boolean.
    unsafe {
        let mut made = vec![0; ffi::lua_tonumber(state, 1) as usize];
        random::fill(&mut made);
        match ffi::lua_toboolean(state, 2) {
            0 => push(state, &made),
            _ => push(state, to_hex(&made).as_bytes()),
        }
    }
    1
}

/// `crypto_uuid()`
unsafe extern "C-unwind" fn random_uuid(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native.
    unsafe { push(state, &uuid::random_uuid()) };
    1
}

/// `crypto_uuid7()`
unsafe extern "C-unwind" fn timed_uuid(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native.
    unsafe { push(state, &vm_state(state).resources.uuids.uuid()) };
    1
}

/// `crypto_encrypt(key, text, purpose)`: nil where the key has not the right length.
unsafe extern "C-unwind" fn encrypt(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `crypto.lua` calls with three texts.
    unsafe {
        let shared = vm_state(state);
        let key: Result<[u8; KEY], _> = bytes(state, 1).unwrap_or_default().try_into();
        let text = bytes(state, 2).unwrap_or_default();
        let purpose = bytes(state, 3).unwrap_or_default();
        let Ok(key) = key else {
            ffi::lua_pushnil(state);
            return 1;
        };
        if text.len() + MORE > shared.room() {
            return NO_MEMORY;
        }
        let sealed = shared.secrets.seal_key(&key).seal(text, purpose);
        push(state, &sealed);
    }
    1
}

/// `crypto_decrypt(key, sealed, purpose)`: nil where the key has not the right length, `false` where it was not
/// sealed so.
unsafe extern "C-unwind" fn decrypt(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `crypto.lua` calls with three texts.
    unsafe {
        let shared = vm_state(state);
        let key: Result<[u8; KEY], _> = bytes(state, 1).unwrap_or_default().try_into();
        let sealed = bytes(state, 2).unwrap_or_default();
        let purpose = bytes(state, 3).unwrap_or_default();
        let Ok(key) = key else {
            ffi::lua_pushnil(state);
            return 1;
        };
        if sealed.len() > shared.room() {
            return NO_MEMORY;
        }
        match shared.secrets.seal_key(&key).open(sealed, purpose) {
            Some(text) => push(state, &text),
            None => ffi::lua_pushboolean(state, 0),
        }
    }
    1
}
