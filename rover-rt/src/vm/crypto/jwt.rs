//! The natives of `rover.jwt`, which `jwt.lua` calls. Keys are known by numbers.

use std::ffi::c_int;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::state::parse_lifetime;

use crate::crypto::jwt::{Algorithm, Invalid, Keys, Signing, Slow, sign, verify};
use crate::crypto::password::THREADS;
use crate::vm::crypto::password::busy;
use crate::vm::json::decode::{DecodeError, decode};
use crate::vm::native::stack::{bytes, push, vm_state};
use crate::vm::state::vm::VmState;
use crate::vm::wait::natives::{can_wait, park};
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Operation, Outcome};
use crate::wait::threads::NotDone;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 6] = [
    (c"jwt_key", key),
    (c"jwt_forget", forget),
    (c"jwt_sign", sign_claims),
    (c"jwt_verify", verify_token),
    (c"jwt_now", now),
    (c"jwt_seconds", seconds),
];

/// # Safety
/// In a contained native with two free slots.
pub(super) unsafe fn refuse(state: *mut lua_State, message: &str) -> c_int {
    // SAFETY: the two values take the two slots.
    unsafe {
        ffi::lua_pushnil(state);
        push(state, message.as_bytes());
    }
    2
}

/// The algorithm of a name, where there is one.
///
/// # Safety
/// In a contained native; a text or nil is at the index.
pub(super) unsafe fn algorithm_at(
    state: *mut lua_State,
    index: c_int,
) -> Result<Option<Algorithm>, &'static str> {
    // SAFETY: the text is read while it is on the stack.
    let name = unsafe { bytes(state, index) };
    name.map(|name| Algorithm::by_name(name).ok_or("there is no such algorithm"))
        .transpose()
}

/// `jwt_key(text, algorithm or nil)` reads a key, and gives its number; or nil and what is wrong.
unsafe extern "C-unwind" fn key(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `jwt.lua` calls with a text, and another or nil.
    unsafe {
        let algorithm = match algorithm_at(state, 2) {
            Ok(algorithm) => algorithm,
            Err(message) => return refuse(state, message),
        };
        match Keys::read(bytes(state, 1).unwrap_or_default(), algorithm) {
            Ok(keys) => {
                let mut known = vm_state(state).secrets.keys.borrow_mut();
                known.push(Rc::new(keys));
                ffi::lua_pushnumber(state, known.len() as f64);
                1
            }
            Err(error) => refuse(state, &error.to_string()),
        }
    }
}

/// `jwt_forget()`: the numbers of keys stand for nothing any more.
unsafe extern "C-unwind" fn forget(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native.
    unsafe { vm_state(state).secrets.keys.borrow_mut().clear() };
    0
}

/// The keys of a number.
///
/// # Safety
/// In a contained native; a number is at the index.
unsafe fn keys_at(state: *mut lua_State, index: c_int) -> Option<Rc<Keys>> {
    // SAFETY: the caller is such a native.
    let (number, shared) = unsafe { (ffi::lua_tonumber(state, index), vm_state(state)) };
    shared.secrets.keys(number)
}

/// `jwt_sign(claims as JSON, key)` gives `true` and the token, or what an error is made of; one of the kind "key" is the
/// program's own. A signature that takes more than a moment is made on another thread, where the request can wait.
unsafe extern "C-unwind" fn sign_claims(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `jwt.lua` calls with a text and a number.
    unsafe {
        let shared = vm_state(state);
        let Some(keys) = keys_at(state, 2) else {
            return push_error(state, &WaitError::new("key", "the key is not known"));
        };
        let signed = match sign(bytes(state, 1).unwrap_or_default(), &keys) {
            Ok(Signing::Done(token)) => Ok(token),
            Ok(Signing::Slow(slow)) if can_wait(state, shared) => {
                let signing = Operation::Outside(Box::pin(signed_elsewhere(slow)));
                return park(state, shared, signing);
            }
            Ok(Signing::Slow(slow)) => slow.sign(),
            Err(error) => Err(error),
        };
        match signed {
            Ok(token) => {
                ffi::lua_pushboolean(state, 1);
                push(state, &token);
                2
            }
            Err(error) => push_error(state, &WaitError::new("key", error.to_string())),
        }
    }
}

async fn signed_elsewhere(slow: Slow) -> Outcome {
    match THREADS.run(move || slow.sign()).await {
        Ok(Ok(token)) => Ok(Given::Bytes(token)),
        Ok(Err(error)) => Err(WaitError::new("key", error.to_string())),
        Err(NotDone::Full) => Err(busy("too many passwords and tokens wait for their turn")),
        Err(NotDone::Panicked) => Err(WaitError::new("jwt", "signing a token failed")),
    }
}

/// `jwt_verify(token, key)` gives the claims of a token whose signature is the key's, and the time; or nil and what
/// is wrong.
unsafe extern "C-unwind" fn verify_token(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `jwt.lua` calls with a text and a number.
    unsafe {
        match keys_at(state, 2) {
            Some(keys) => push_claims(state, vm_state(state), &keys).0,
            None => refuse(state, "the key is not known"),
        }
    }
}

/// Pushes what `jwt_verify` gives of the token that is the first argument. Gives how many values
/// that are, and whether the token's key is unknown.
///
/// # Safety
/// In a contained native whose first argument is a text, with eight free slots.
pub(super) unsafe fn push_claims(
    state: *mut lua_State,
    shared: &VmState,
    keys: &Keys,
) -> (c_int, bool) {
    // SAFETY: the metatable and the results take three of the free slots; `decode` sees to its own.
    unsafe {
        let claims = match verify(bytes(state, 1).unwrap_or_default(), keys) {
            Ok(claims) => claims,
            Err(invalid) => {
                let unknown = invalid == Invalid::UnknownKey;
                return (refuse(state, &invalid.to_string()), unknown);
            }
        };
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        let meta = ffi::lua_gettop(state);
        let results = match decode(state, shared, meta, &claims) {
            Ok(()) => {
                ffi::lua_pushnumber(state, unix_seconds());
                2
            }
            Err(DecodeError::Malformed(_)) => refuse(state, "the token is malformed"),
            Err(_) => refuse(state, "the token's claims are too large"),
        };
        (results, false)
    }
}

fn unix_seconds() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs_f64()
}

/// `jwt_now()`: Unix seconds.
unsafe extern "C-unwind" fn now(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native.
    unsafe { ffi::lua_pushnumber(state, unix_seconds()) };
    1
}

/// `jwt_seconds(text)`: the seconds of a text such as `"15m"`, or nil.
unsafe extern "C-unwind" fn seconds(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `jwt.lua` calls with a text.
    unsafe {
        let text = std::str::from_utf8(bytes(state, 1).unwrap_or_default());
        match text.ok().and_then(parse_lifetime) {
            Some(milliseconds) => ffi::lua_pushnumber(state, milliseconds as f64 / 1000.0),
            None => ffi::lua_pushnil(state),
        }
    }
    1
}
