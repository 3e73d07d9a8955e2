//! Errors that natives raise: those of the runtime, with the place of the call, and those that
//! are answers.

use std::ffi::c_int;
use std::io::Write;

use http::StatusCode;
use mlua::ffi::{self, lua_State};

use crate::vm::native::depth::is_deep;
use crate::vm::native::stack::{bytes, push};
use crate::vm::state::vm::VmState;

/// How a place in the runtime's own chunks begins.
pub(crate) const RUNTIME: &str = "rover:";

/// What a contained native returns to raise the value on top of the stack.
pub(crate) const RAISE: c_int = -1;

/// What it returns to raise the error of a deadline that has passed.
pub(crate) const LATE: c_int = c_int::MIN;

/// What it returns where the stack has no room for its values.
pub(crate) const FULL: c_int = c_int::MIN + 1;

/// What it returns where there is no memory for what it makes.
pub(crate) const NO_MEMORY: c_int = c_int::MIN + 2;

/// What it returns to suspend the coroutine that runs, with the value on top of the stack.
pub(crate) const YIELD: c_int = c_int::MIN + 3;

/// What it returns to raise an error by calling the Lua function below so many arguments on
/// top of the stack, when none of its own frames is left.
pub(crate) const fn raise_by(arguments: c_int) -> c_int {
    RAISE - 1 - arguments
}

/// What a contained native gives back where there is no value: see [`raise_by`].
pub(crate) type Outcome<T> = Result<T, c_int>;

/// What a native gives back to what it is contained by.
pub(crate) fn results(outcome: Outcome<c_int>) -> c_int {
    outcome.unwrap_or_else(|raise| raise)
}

/// Sees to so many free slots.
///
/// # Safety
/// In a C function.
pub(crate) unsafe fn room(state: *mut lua_State, slots: c_int) -> Outcome<()> {
    // SAFETY: the state runs a C function. This call raises no error: it says that there is
    // no room.
    match unsafe { ffi::lua_checkstack(state, slots) } {
        0 => Err(FULL),
        _ => Ok(()),
    }
}

/// The registry's function that raises the error for a body that is missing or malformed.
pub(crate) const BAD_BODY: &str = "rover.bad_body";
/// The registry's function that raises the error for what did not pass.
pub(crate) const INVALID: &str = "rover.invalid";
/// The registry's function that raises an error that is an answer.
pub(crate) const HTTP_ERROR: &str = "rover.http_error";

/// What a client is told whose request needs more memory than there is.
pub(crate) const TOO_LARGE: &str = "Request too large: reading it needs more memory than there is";

/// What a contained native returns to raise the error for a body that is missing, where nil is
/// on top of the stack, or malformed, where there is a text.
///
/// # Safety
/// In a contained native, with such a value on top and a free slot above it.
pub(crate) unsafe fn bad_body(state: *mut lua_State) -> c_int {
    // SAFETY: the name takes the free slot and the function takes the name's place. It goes
    // below the value, which becomes its argument. Memory is relaxed in a contained native.
    unsafe {
        push(state, BAD_BODY.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_insert(state, -2);
    }
    raise_by(1)
}

/// An error that is an answer, to be raised.
///
/// # Safety
/// In a contained native, with three free slots.
pub(crate) unsafe fn raise_answer(
    state: *mut lua_State,
    status: StatusCode,
    message: &str,
) -> c_int {
    // SAFETY: the function and its two arguments take the three slots. Memory is relaxed in a
    // contained native.
    unsafe {
        push(state, HTTP_ERROR.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_pushnumber(state, f64::from(status.as_u16()));
        push(state, message.as_bytes());
    }
    raise_by(2)
}

/// What a request needs is more memory than there is: that is the client's error.
///
/// # Safety
/// In a contained native, with three free slots.
pub(crate) unsafe fn raise_too_large(state: *mut lua_State) -> c_int {
    // SAFETY: the caller is a contained native, and has three free slots.
    unsafe { raise_answer(state, StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE) }
}

/// Raises the error that stands for a panic in the program.
///
/// # Safety
/// In a C function in a protected call; the frame owns nothing.
pub(crate) unsafe fn panicked(state: *mut lua_State) -> ! {
    // SAFETY: the caller is a C function in a protected call, whose frame the error may leave.
    unsafe { fail(state, b"the runtime panicked") }
}

/// Raises the error of a deadline that has passed.
///
/// # Safety
/// In a C function in a protected call; the frame owns nothing.
pub(crate) unsafe fn late(state: *mut lua_State, shared: &VmState) -> ! {
    if shared.panics.have_happened() {
        // SAFETY: the caller is a C function in a protected call, whose frame the error may
        // leave.
        unsafe { panicked(state) }
    }
    let mut text = [0; 64];
    let mut rest = &mut text[..];
    let seconds = shared.running.deadline.limit().as_secs_f64();
    // It has room for the longest number.
    let _ = write!(rest, "the handler's deadline of {seconds} s has passed");
    let length = 64 - rest.len();
    // SAFETY: the error may leave the caller's frame, and this one, which holds plain bytes.
    unsafe { fail(state, &text[..length]) }
}

/// What the log says of a handler whose error was caught.
pub(crate) fn told_late(shared: &VmState) -> String {
    let seconds = shared.running.deadline.limit().as_secs_f64();
    format!(
        "the handler's deadline of {seconds} s has passed: it has caught the error and returned \
         nothing"
    )
}

/// Raises an error with the place of the call, as `luaL_error` does.
///
/// # Safety
/// In a C function in a protected call; the frame owns nothing.
pub(crate) unsafe fn fail(state: *mut lua_State, message: &[u8]) -> ! {
    // SAFETY: the caller is a C function in a protected call, whose frame the error may leave.
    unsafe { fail_at(state, message, 1) }
}

/// The same with the place of a call that is so many calls away, or of the first further one that
/// is not the runtime's.
///
/// # Safety
/// In a C function in a protected call; the frame owns nothing.
pub(crate) unsafe fn fail_at(state: *mut lua_State, message: &[u8], level: c_int) -> ! {
    // SAFETY: room for the three values is seen to, as the arguments may have taken all of
    // it. The place is read while it is on the stack. There is a first call that is not the
    // runtime's, that of the request, whose place is empty: so the loop ends. The error may leave
    // the caller's frame, and this one, which owns nothing.
    unsafe {
        ffi::luaL_checkstack(state, 3, std::ptr::null());
        let mut level = level;
        loop {
            ffi::luaL_where(state, level);
            let place = bytes(state, -1).unwrap_or_default();
            if !place.starts_with(RUNTIME.as_bytes()) {
                break;
            }
            ffi::lua_pop(state, 1);
            level += 1;
        }
        push(state, message);
        ffi::lua_concat(state, 2);
        ffi::lua_error(state)
    }
}

/// Raises an error where calls between Lua and C have come too deep.
///
/// # Safety
/// In a C function in a protected call; the frame owns nothing.
pub(crate) unsafe fn check_stack(state: *mut lua_State, shared: &VmState) {
    if is_deep(shared) {
        // SAFETY: the caller is a C function in a protected call, whose frame the error may
        // leave.
        unsafe {
            fail(
                state,
                b"stack overflow (calls through C are nested too deep)",
            )
        }
    }
}
