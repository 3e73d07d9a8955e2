//! The natives of `rover.password`, which `password.lua` calls.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::crypto::password::{LONGEST, Stored, THREADS, hash};
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Operation, Outcome};
use crate::wait::threads::NotDone;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 3] = [
    (c"password_hash", hash_password),
    (c"password_verify", verify),
    (c"password_is_of_today", check_age),
];

/// `password_hash(text)` waits for the hash. `false` where nobody has such a long password.
unsafe extern "C-unwind" fn hash_password(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `password.lua` calls with a text.
    unsafe {
        let password = bytes(state, 1).unwrap_or_default();
        if password.len() > LONGEST {
            return push_error(state, &WaitError::new("long", "the password is too long"));
        }
        let password = password.to_vec();
        let work = done(
            move || hash(&password),
            |text| Given::Bytes(text.into_bytes()),
        );
        park(state, vm_state(state), Operation::Outside(Box::pin(work)))
    }
}

/// `password_verify(text, hash or nil)` waits for whether the hash is the text's.
unsafe extern "C-unwind" fn verify(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `password.lua` calls with a text, and another or
    // nil.
    unsafe {
        let password = bytes(state, 1).unwrap_or_default();
        let stored = Stored::parse(bytes(state, 2).unwrap_or_default());
        let stored = match stored {
            Ok(stored) => stored,
            Err(wrong) => return push_error(state, &WaitError::new("hash", wrong.to_string())),
        };
        let password = password.to_vec();
        let check = move || match password.len() > LONGEST {
            true => Some(false),
            false => stored.verify(&password),
        };
        let work = done(check, Given::Boolean);
        park(state, vm_state(state), Operation::Outside(Box::pin(work)))
    }
}

/// There is no room now: the answer is 503.
pub(super) fn busy(message: &'static str) -> WaitError {
    let mut error = WaitError::new("pool", message);
    error.retryable = true;
    error
}

/// What the threads give.
async fn done<T: Send + 'static>(
    work: impl FnOnce() -> Option<T> + Send + 'static,
    give: impl FnOnce(T) -> Given,
) -> Outcome {
    match THREADS.run(work).await {
        Ok(Some(made)) => Ok(give(made)),
        Ok(None) => Err(busy("there is no memory for a password's hash")),
        Err(NotDone::Full) => Err(busy("too many passwords wait to be hashed")),
        Err(NotDone::Panicked) => Err(WaitError::new("password", "hashing a password failed")),
    }
}

/// `password_is_of_today(hash)`
unsafe extern "C-unwind" fn check_age(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `password.lua` calls with a text.
    unsafe {
        let stored = Stored::parse(bytes(state, 1).unwrap_or_default());
        let is = stored.is_ok_and(|stored| stored.is_of_today());
        ffi::lua_pushboolean(state, is.into());
    }
    1
}
