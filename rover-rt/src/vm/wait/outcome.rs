//! What an operation gave, as the values that the program's wait returns.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use crate::vm::native::stack::{push, set_field};
#[cfg(feature = "redis")]
use crate::vm::redis::reply::push_reply;
#[cfg(feature = "client")]
use crate::vm::wait::answer::{push_answer, push_part};
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Outcome, SEVERAL};

/// Values that an outcome is made of at most.
pub(crate) const MOST: c_int = 8;

/// Pushes what a wait returns: `true` and values, or `false` and what the error is made of. Gives how many values that
/// are. What stands on the stack already is an operation's only where it is its first turn.
///
/// # Safety
/// `state` is a thread with [`MOST`] free slots that runs nothing or is in a contained native, and
/// memory is relaxed.
pub(crate) unsafe fn push_outcome(state: *mut lua_State, outcome: Outcome) -> c_int {
    // SAFETY: no more values are pushed than there are free slots. With memory relaxed no string
    // is refused.
    unsafe {
        match outcome {
            Ok(Given::Stacked(count)) => count,
            Ok(given) => {
                ffi::lua_pushboolean(state, 1);
                1 + push_given(state, given)
            }
            Err(error) => push_error(state, &error),
        }
    }
}

/// # Safety
/// As for [`push_outcome`].
unsafe fn push_given(state: *mut lua_State, given: Given) -> c_int {
    // SAFETY: one value takes one of the free slots.
    unsafe {
        match given {
            Given::Nothing | Given::Stacked(_) => return 0,
            Given::Boolean(value) => ffi::lua_pushboolean(state, value.into()),
            Given::Number(number) => ffi::lua_pushnumber(state, number),
            Given::Bytes(bytes) => push(state, &bytes),
            #[cfg(feature = "client")]
            Given::Answer(answer) => return push_answer(state, *answer),
            #[cfg(feature = "client")]
            Given::Part(part) => push_part(state, part.as_deref()),
            #[cfg(feature = "redis")]
            Given::Reply(reply) => push_reply(state, &reply),
            Given::Texts(texts) => push_texts(state, &texts),
            Given::Several(values) => return push_several(state, values),
        }
    }
    1
}

/// # Safety
/// As for [`push_outcome`].
unsafe fn push_several(state: *mut lua_State, values: Vec<Given>) -> c_int {
    let mut count = 0;
    for value in values.into_iter().take(SEVERAL) {
        // SAFETY: with the boolean before them, these are fewer values than there are free slots.
        // Inside of others only a single value is pushed.
        unsafe {
            if push_given(state, value) == 0 {
                ffi::lua_pushnil(state);
            }
        }
        count += 1;
    }
    count
}

/// # Safety
/// As for [`push_outcome`].
unsafe fn push_texts(state: *mut lua_State, texts: &[Vec<u8>]) {
    // SAFETY: the table and a text take two of the free slots.
    unsafe {
        ffi::lua_createtable(state, c_int::try_from(texts.len()).unwrap_or(0), 0);
        for (text, number) in texts.iter().zip(1..) {
            push(state, text);
            ffi::lua_rawseti(state, -2, number);
        }
    }
}

/// Pushes `false`, and the error's kind, message, code, whether it is worth another try, and a table with what
/// else is known.
///
/// # Safety
/// As for [`push_outcome`].
pub(crate) unsafe fn push_error(state: *mut lua_State, error: &WaitError) -> c_int {
    // SAFETY: six values take six of the free slots, and a field of the last one two more.
    unsafe {
        ffi::lua_pushboolean(state, 0);
        push(state, error.kind.as_bytes());
        push(state, error.message.as_bytes());
        match &error.code {
            Some(code) => push(state, code.as_bytes()),
            None => ffi::lua_pushnil(state),
        }
        ffi::lua_pushboolean(state, error.retryable.into());
        if error.about.is_empty() {
            return 5;
        }
        ffi::lua_createtable(state, 0, error.about.len() as c_int);
        for (name, value) in &error.about {
            set_field(state, name.as_bytes(), value.as_bytes());
        }
    }
    6
}
