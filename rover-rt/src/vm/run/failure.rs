//! Why a handler gave no response: reading the error value that it left, and what is answered and
//! logged then.

use std::ffi::c_int;

use http::StatusCode;
use mlua::ffi::{self, lua_State};
use rover_model::LogLevel;

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::vm::ctx::members::{append_string, lossy};
use crate::vm::ctx::members::{bounded, push, shared};
use crate::vm::guard::check;
use crate::vm::native::unwind::{RAISE, RUNTIME};
use crate::vm::response::respond::{final_status, has_meta};
use crate::vm::run::call::Argument;
use crate::vm::run::call::Call;
use crate::vm::run::vm::{DESCRIBED, FIXED, Hook, ON_ERROR_TRACE, RUN_THROWN, Vm};
use crate::vm::state::vm::{LOGGED_BYTES, Shared};

/// Why a handler gave no response.
pub(crate) enum Failure {
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
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Failure::Lua(_) | Failure::Panic => "error",
            Failure::Value(_) => "result",
            Failure::Late(_) => "deadline",
            // Its own says more.
            Failure::Http(..) => "request",
        }
    }
}

/// An uncaught error, for the log.
#[derive(Default)]
pub(crate) struct Raised {
    text: String,
    traceback: String,
    /// The deadline had passed then.
    late: bool,
}

/// The message handler: keeps what there is to log, gives the error on unchanged. Answers are
/// not logged, and clients could ask for much of it.
pub(crate) unsafe extern "C-unwind" fn trace(state: *mut lua_State) -> c_int {
    // SAFETY: called by Lua with the error value; `luaL_traceback` takes any text.
    unsafe {
        let shared = shared(state);
        if has_meta(state, &shared.http_error_meta) || has_meta(state, &shared.response_meta) {
            return 1;
        }
        let place = place(state);
        let text = match (ffi::lua_type(state, 1), place) {
            (ffi::LUA_TSTRING | ffi::LUA_TNUMBER, Some(_)) => bounded(state, 1),
            (ffi::LUA_TSTRING | ffi::LUA_TNUMBER, None) => {
                let (place, text) = (handler_place(shared), bounded(state, 1));
                match text.starts_with(&place) {
                    true => text,
                    false => place + &text,
                }
            }
            // What it says follows when the stack is free again.
            (_, place) => place.unwrap_or_else(|| handler_place(shared)),
        };
        ffi::luaL_traceback(state, state, std::ptr::null(), 1);
        let traceback = lossy(state, -1);
        shared.raised.replace(Raised {
            text,
            traceback,
            late: shared.deadline.has_passed(),
        });
        ffi::lua_pushvalue(state, 1);
    }
    1
}

/// How many calls the place of an error is looked for in.
const NEAREST_CALLS: c_int = 64;

/// `raise(text)`: the runtime's own functions raise an error with the line that calls them before
/// it, as LuaJIT's do: there is none where `pcall` calls them.
pub(crate) unsafe extern "C-unwind" fn raise(state: *mut lua_State) -> c_int {
    // SAFETY: called by the runtime with a text; what is concatenated are two of them.
    unsafe {
        let place = caller(state).unwrap_or_else(|| handler_place(shared(state)));
        push(state, place.as_bytes());
        ffi::lua_insert(state, 1);
        ffi::lua_settop(state, 2);
        ffi::lua_concat(state, 2);
    }
    RAISE
}

/// The line that called the runtime, which is empty in a function in C. There is none where
/// the handler ended by calling it: then what runs handlers has called it, the first of all.
///
/// # Safety
/// In a C function that the runtime's Lua called.
unsafe fn caller(state: *mut lua_State) -> Option<String> {
    // SAFETY: there are as many levels as there are; only their lines are read.
    unsafe {
        let mut level = 1;
        let place = loop {
            let place = where_is(state, level);
            if !place.starts_with(RUNTIME) {
                break place;
            }
            level += 1;
        };
        let mut below: ffi::lua_Debug = std::mem::zeroed();
        let is_called = ffi::lua_getstack(state, level + 1, &mut below) != 0;
        (is_called || !place.is_empty()).then_some(place)
    }
}

/// The line that runs at a level of the stack, as Lua puts it before a text.
///
/// # Safety
/// In a C function.
unsafe fn where_is(state: *mut lua_State, level: c_int) -> String {
    // SAFETY: what is pushed is popped again; LuaJIT takes any level.
    unsafe {
        ffi::luaL_where(state, level);
        let place = lossy(state, -1);
        ffi::lua_pop(state, 1);
        place
    }
}

/// The line of the innermost function of the program's, as Lua puts it before a text. There is
/// none where all that ran were tail calls of functions in C.
///
/// # Safety
/// In a C function.
unsafe fn place(state: *mut lua_State) -> Option<String> {
    for level in 1..=NEAREST_CALLS {
        // SAFETY: the same stack.
        let place = unsafe { where_is(state, level) };
        if !place.is_empty() && !place.starts_with(RUNTIME) {
            return Some(place);
        }
    }
    None
}

/// The line of the running handler, in the same form: what there is to tell where its own call
/// has ended by a tail call.
fn handler_place(shared: &Shared) -> String {
    let handler = shared
        .call()
        .and_then(|call| shared.written_at(call.handler));
    handler.map_or_else(String::new, |place| format!("{place}: "))
}

impl Vm {
    /// After an error that nothing caught, which is on top of the stack. A response is the
    /// answer; of another value that is no text it is asked what it says. Gives the state in
    /// which the call is then.
    ///
    /// # Safety
    /// `lua_pcall` gave `status` for the call, which is still the running one.
    pub(crate) unsafe fn raised(&self, status: c_int, call: &Call<'_>) -> c_int {
        let state = self.state;
        // SAFETY: the stack has the fixed places and the error; what is called is protected.
        unsafe {
            if has_meta(state, &self.shared.response_meta) {
                // [fixed.., response] becomes [fixed.., run_thrown, call, response].
                ffi::lua_pushvalue(state, RUN_THROWN);
                ffi::lua_insert(state, FIXED + 1);
                let call: *const Call<'_> = call;
                ffi::lua_pushlightuserdata(state, call.cast_mut().cast());
                ffi::lua_insert(state, FIXED + 2);
                return ffi::lua_pcall(state, 2, 0, ON_ERROR_TRACE);
            }
            let text = matches!(
                ffi::lua_type(state, -1),
                ffi::LUA_TSTRING | ffi::LUA_TNUMBER
            );
            if !text && !has_meta(state, &self.shared.http_error_meta) {
                ffi::lua_pushvalue(state, DESCRIBED);
                ffi::lua_pushvalue(state, -2);
                let said = match ffi::lua_pcall(state, 1, 1, 0) {
                    ffi::LUA_OK => bounded(state, -1),
                    _ => "an error that cannot be described was raised".to_owned(),
                };
                ffi::lua_pop(state, 1);
                self.shared.raised.borrow_mut().text.push_str(&said);
            }
        }
        status
    }

    /// Reads the error value on top of the stack, and leaves it there.
    ///
    /// # Safety
    /// `self.state` has an error value on top.
    pub(crate) unsafe fn failure(&self, status: c_int) -> Failure {
        let state = self.state;
        // SAFETY: only fields of a table of the runtime's own are read, raw; strings
        // are copied before anything else runs.
        unsafe {
            if has_meta(state, &self.shared.http_error_meta) {
                return self.http_failure();
            }
        }
        let (text, late) = match status {
            // There was no memory for a traceback.
            ffi::LUA_ERRMEM => (
                self.shared.memory.explain(),
                self.shared.deadline.has_passed(),
            ),
            ffi::LUA_ERRERR => (
                "error in error handling, or the stack is full".to_owned(),
                self.shared.deadline.has_passed(),
            ),
            _ => {
                let raised = self.shared.raised.take();
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
            ffi::lua_pushstring(state, check::ENCODE.as_ptr());
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

impl Vm {
    /// After a handler's error: the error that is an answer, the hook, or 500. The
    /// error value is on top of the stack.
    pub(crate) fn failed(&self, request: &RequestData<'_>, failure: Failure) -> Reply {
        let status = match &failure {
            Failure::Http(status, ..) => *status,
            Failure::Late(_) => {
                self.log_failure(request, &failure);
                StatusCode::SERVICE_UNAVAILABLE
            }
            Failure::Lua(_) | Failure::Value(_) | Failure::Panic => {
                self.log_failure(request, &failure);
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        // A VM in which Rust code panicked runs nothing more.
        if self.hooks[Hook::Error as usize] && !matches!(failure, Failure::Panic) {
            let index = self.hook_index(Hook::Error);
            let raised = Argument::Raised(status, failure.kind());
            return match self.protected(request, index, true, raised, None) {
                Ok(mut reply) => {
                    reply.status.get_or_insert(status);
                    reply
                }
                Err(failure) => self.give_up(request, &failure),
            };
        }
        self.settle();
        match failure {
            Failure::Http(status, _, Some(errors)) => Reply::errors(status, &errors),
            Failure::Http(status, message, None) => Reply::error(status, &message),
            Failure::Late(_) => Reply::error(status, "Service Unavailable"),
            _ => Reply::internal_error(request.request_id.as_str()),
        }
    }

    /// A hook failed, too.
    pub(crate) fn give_up(&self, request: &RequestData<'_>, failure: &Failure) -> Reply {
        self.settle();
        self.log_failure(request, failure);
        match failure {
            Failure::Late(_) => {
                Reply::error(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
            _ => Reply::internal_error(request.request_id.as_str()),
        }
    }

    fn log_failure(&self, request: &RequestData<'_>, failure: &Failure) {
        let panicked;
        let text = match failure {
            Failure::Lua(text)
            | Failure::Value(text)
            | Failure::Late(text)
            | Failure::Http(_, text, _) => text,
            Failure::Panic => {
                let reason = self.shared.reason.take().unwrap_or_default();
                panicked = format!(
                    "the runtime panicked, which is a bug in Rover; the VM is replaced: {reason}"
                );
                &panicked
            }
        };
        let text = shortened(text, LOGGED_BYTES);
        let line = format!("{} {}: {text}", request.method, request.path.raw());
        let id = Some(request.request_id.as_str());
        self.shared.log.line(LogLevel::Error, &line, id);
    }
}

/// A text's beginning.
fn shortened(text: &str, most: usize) -> std::borrow::Cow<'_, str> {
    match text.len() > most {
        true => format!("{}...", String::from_utf8_lossy(&text.as_bytes()[..most])).into(),
        false => text.into(),
    }
}
