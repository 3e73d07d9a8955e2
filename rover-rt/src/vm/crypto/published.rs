//! The natives of what `rover.jwt.keys` gives, which `jwt.lua` calls.

use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::{self, lua_CFunction, lua_State};

use super::jwt::{algorithm_at, push_claims, refuse};
use crate::crypto::jwt::Published;
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Operation};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 3] = [
    (c"jwks_new", new),
    (c"jwks_verify", verify_token),
    (c"jwks_ask", ask),
];

/// `jwks_new(url, algorithm or nil)` gives a number, or nil and what is wrong.
unsafe extern "C-unwind" fn new(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `jwt.lua` calls with a text, and another or nil.
    unsafe {
        let shared = vm_state(state);
        let url = String::from_utf8_lossy(bytes(state, 1).unwrap_or_default());
        let algorithm = match algorithm_at(state, 2) {
            Ok(algorithm) => algorithm,
            Err(message) => return refuse(state, message),
        };
        match Published::new(&url, algorithm, shared.client(0)) {
            Ok(published) => {
                let mut sets = shared.secrets.published.borrow_mut();
                sets.push(Rc::new(published));
                ffi::lua_pushnumber(state, sets.len() as f64);
                1
            }
            Err(error) => refuse(state, &error.message),
        }
    }
}

/// The set of a number.
///
/// # Safety
/// In a contained native; a number is at the index.
unsafe fn set_at(state: *mut lua_State, index: c_int) -> Option<Rc<Published>> {
    // SAFETY: the caller is such a native.
    let (number, shared) = unsafe { (ffi::lua_tonumber(state, index), vm_state(state)) };
    let at = (number as usize).checked_sub(1)?;
    shared.secrets.published.borrow().get(at).cloned()
}

/// `jwks_verify(token, set)`: as `jwt_verify`, or `false` where the keys must be asked for first.
unsafe extern "C-unwind" fn verify_token(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `jwt.lua` calls with a text and a number.
    unsafe {
        let Some(set) = set_at(state, 2) else {
            return refuse(state, "the keys are not known");
        };
        let Some(keys) = set.keys() else {
            ffi::lua_pushboolean(state, 0);
            return 1;
        };
        let (results, unknown) = push_claims(state, vm_state(state), &keys);
        if unknown && set.may_ask() {
            ffi::lua_pushboolean(state, 0);
            return 1;
        }
        results
    }
}

/// `jwks_ask(set)` waits until the keys have been asked for.
unsafe extern "C-unwind" fn ask(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `jwt.lua` calls with a number.
    unsafe {
        let Some(set) = set_at(state, 1) else {
            return push_error(state, &WaitError::new("keys", "the keys are not known"));
        };
        let asked = async move { set.ask().await.map(|()| Given::Nothing) };
        park(state, vm_state(state), Operation::Outside(Box::pin(asked)))
    }
}
