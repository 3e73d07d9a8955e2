//! Why a handler gave no response: reading the error value that it left.

use std::ffi::c_int;

use http::StatusCode;
use mlua::ffi;

use super::respond::final_status;
use super::{HTTP_ERROR_META, Vm, append_string, expect, lossy};

/// Why a handler gave no response.
pub(super) enum Failure {
    /// An uncaught Lua error, with its traceback.
    Lua(String),
    /// A result that is no response.
    Value(String),
    /// The deadline has passed: the error, with its traceback.
    Late(String),
    /// An error that is an answer: its status, its message, and the list of what did not
    /// pass `rover.guard`, as JSON.
    Http(StatusCode, String, Option<Vec<u8>>),
    /// Rust code panicked.
    Panic,
}

impl Failure {
    /// What `on_error` is told that it is.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Failure::Lua(_) | Failure::Panic => "error",
            Failure::Value(_) => "result",
            Failure::Late(_) => "deadline",
            // Its own says more.
            Failure::Http(..) => "request",
        }
    }
}

impl Vm {
    /// Reads the error value on top of the stack, and leaves it there.
    ///
    /// # Safety
    /// `self.state` has an error value on top.
    pub(super) unsafe fn failure(&self, status: c_int) -> Failure {
        let state = self.state;
        // SAFETY: only fields of a table of the runtime's own are read, raw; strings
        // are copied before anything else runs.
        unsafe {
            if ffi::lua_type(state, -1) == ffi::LUA_TTABLE && ffi::lua_getmetatable(state, -1) != 0
            {
                let http = ffi::lua_rawequal(state, -1, HTTP_ERROR_META) != 0;
                ffi::lua_pop(state, 1);
                if http {
                    return self.http_failure();
                }
            }
        }
        let trace = match status {
            // There was none for a traceback.
            ffi::LUA_ERRMEM => self.shared.memory.explain(),
            ffi::LUA_ERRERR => "error in error handling, or the stack is full".to_owned(),
            _ => self.shared.trace.take(),
        };
        match self.shared.deadline.has_passed() {
            true => Failure::Late(trace),
            false => Failure::Lua(trace),
        }
    }

    /// # Safety
    /// An HTTP error is on top of the stack.
    unsafe fn http_failure(&self) -> Failure {
        let state = self.state;
        // SAFETY: the table has a number and a string in these fields unless the
        // program wrote to it, which the fallbacks cover; the keys exist as strings.
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
            let errors = self.http_errors();
            Failure::Http(status, message, errors)
        }
    }
    /// The JSON of an HTTP error's list of errors, if it has one.
    ///
    /// # Safety
    /// An HTTP error is on top of the stack.
    unsafe fn http_errors(&self) -> Option<Vec<u8>> {
        let state = self.state;
        // SAFETY: as in `http_failure`; encoding allocates, so that it has a protected call
        // of its own. What a program put there instead has perhaps no JSON form.
        unsafe {
            let top = ffi::lua_gettop(state);
            ffi::lua_pushstring(state, expect::ENCODE.as_ptr());
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
}
