//! Why a handler gave no response: reading the error value that it left.

use std::ffi::c_int;

use http::StatusCode;
use mlua::ffi::{self, lua_State};

use crate::vm::json::natives::ENCODE;
use crate::vm::native::stack::{append_string, bounded, has_meta, lossy};
use crate::vm::response::respond::final_status;
use crate::vm::run::thread::{DESCRIBED, FIXED, ON_ERROR_TRACE, RUN_THROWN};
use crate::vm::state::vm::VmState;

/// Why a handler gave no response.
pub(crate) enum Failure {
    /// An uncaught Lua error, with its traceback.
    Lua(String),
    /// A result that is no response.
    Value(String),
    /// The deadline has passed: the error, with its traceback.
    Late(String),
    /// All of its time has passed, waiting included: where it was.
    TimedOut(String),
    /// An error that is an answer: its status, its message, and the list of what did not
    /// pass `rover.guard`, as JSON.
    Http(StatusCode, String, Option<Vec<u8>>),
    /// Rust code panicked.
    Panic,
}

impl Failure {
    /// What there is to log of it.
    pub(crate) fn text(self) -> String {
        match self {
            Failure::Lua(text)
            | Failure::Value(text)
            | Failure::Late(text)
            | Failure::TimedOut(text)
            | Failure::Http(_, text, _) => text,
            Failure::Panic => "the runtime panicked".to_owned(),
        }
    }

    /// What `on_error` is told that it is.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Failure::Lua(_) | Failure::Panic => "error",
            Failure::Value(_) => "result",
            Failure::Late(_) => "deadline",
            Failure::TimedOut(_) => "timeout",
            // Its own says more.
            Failure::Http(..) => "request",
        }
    }
}

/// After an error that nothing caught, which is on top of the stack. A response is the
/// answer; of another value that is no text it is asked what it says. Gives the state in
/// which the call is then.
///
/// # Safety
/// `state` is the request thread, on which `lua_pcall` gave `status` for the running call. On
/// its stack are the fixed places and the error.
pub(crate) unsafe fn raised(state: *mut lua_State, shared: &VmState, status: c_int) -> c_int {
    // SAFETY: the thread's stack has room for a few values above the error. What is called, is
    // called protected; the other calls read or move values and raise no error, but for the
    // text of a number, for which memory is not refused a second time.
    unsafe {
        if has_meta(state, &shared.metatables.response) {
            // [fixed.., response] becomes [fixed.., run_thrown, VmState, response].
            ffi::lua_pushvalue(state, RUN_THROWN);
            ffi::lua_insert(state, FIXED + 1);
            let shared: *const VmState = shared;
            ffi::lua_pushlightuserdata(state, shared.cast_mut().cast());
            ffi::lua_insert(state, FIXED + 2);
            return ffi::lua_pcall(state, 2, 0, ON_ERROR_TRACE);
        }
        let text = matches!(
            ffi::lua_type(state, -1),
            ffi::LUA_TSTRING | ffi::LUA_TNUMBER
        );
        if !text && !has_meta(state, &shared.metatables.http_error) {
            ffi::lua_pushvalue(state, DESCRIBED);
            ffi::lua_pushvalue(state, -2);
            let said = match ffi::lua_pcall(state, 1, 1, 0) {
                ffi::LUA_OK => bounded(state, -1),
                _ => "an error that cannot be described was raised".to_owned(),
            };
            ffi::lua_pop(state, 1);
            shared.running.raised.borrow_mut().text.push_str(&said);
        }
    }
    status
}

impl Failure {
    /// Reads the error value on top of the stack, and leaves it there.
    ///
    /// # Safety
    /// `state` is the request thread, outside of any call, with an error value on top and memory
    /// relaxed.
    pub(crate) unsafe fn read(state: *mut lua_State, shared: &VmState, status: c_int) -> Self {
        // SAFETY: there is a value on top, and room above it. `http` is only called for an HTTP
        // error.
        unsafe {
            if has_meta(state, &shared.metatables.http_error) {
                return Failure::http(state);
            }
        }
        let (text, late) = match status {
            // There was no memory for a traceback.
            ffi::LUA_ERRMEM => (shared.memory.explain(), shared.is_late()),
            ffi::LUA_ERRERR => (
                "error in error handling, or the stack is full".to_owned(),
                shared.is_late(),
            ),
            _ => {
                let raised = shared.running.raised.take();
                (
                    format!("{}\n{}", raised.text, raised.traceback),
                    raised.late,
                )
            }
        };
        match late {
            true => Failure::Late(text),
            false => Failure::Lua(text),
        }
    }

    /// # Safety
    /// `state` is the request thread, outside of any call, with an HTTP error on top and memory
    /// relaxed.
    unsafe fn http(state: *mut lua_State) -> Self {
        // SAFETY: each field takes one free slot and is popped. The reads are raw, so that no
        // code of the program's runs. The names are strings that exist, and memory is relaxed, so that
        // nothing raises an error. What the program has put there instead of a number and a
        // text is covered by the fallbacks.
        unsafe {
            ffi::lua_pushstring(state, c"status".as_ptr());
            ffi::lua_rawget(state, -2);
            let status = final_status(ffi::lua_tonumber(state, -1));
            ffi::lua_pop(state, 1);
            ffi::lua_pushstring(state, c"message".as_ptr());
            ffi::lua_rawget(state, -2);
            let message = lossy(state, -1);
            ffi::lua_pop(state, 1);
            let status = status.unwrap_or(StatusCode::BAD_REQUEST);
            Failure::Http(status, message, http_errors(state))
        }
    }
}

/// The JSON of an HTTP error's list of errors, if it has one.
///
/// # Safety
/// `state` is the request thread, outside of any call, with an HTTP error on top and memory
/// relaxed.
unsafe fn http_errors(state: *mut lua_State) -> Option<Vec<u8>> {
    // SAFETY: the reads are raw, and what is pushed is popped at the end. The list is
    // written in a protected call of its own: what a program put there instead has perhaps no JSON
    // form.
    unsafe {
        let top = ffi::lua_gettop(state);
        ffi::lua_pushstring(state, ENCODE.as_ptr());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_pushstring(state, c"errors".as_ptr());
        ffi::lua_rawget(state, top);
        let mut errors = None;
        if ffi::lua_type(state, -1) == ffi::LUA_TTABLE
            && ffi::lua_pcall(state, 1, 2, 0) == ffi::LUA_OK
            && ffi::lua_toboolean(state, -2) != 0
        {
            let mut out = Vec::new();
            append_string(state, -1, &mut out);
            errors = Some(out);
        }
        ffi::lua_settop(state, top);
        errors
    }
}
