//! The protected part of a request: what goes in and out, and what runs in it.

use std::cell::{OnceCell, RefCell};
use std::ffi::c_int;

use http::StatusCode;
use mlua::ffi::{self, lua_State};

use crate::message::form::{self, Field, FormError};
use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::vm::native::unwind;
use crate::vm::response::respond;
use crate::vm::state::vm::Shared;

// The upvalues of `run`.
const RUN_HANDLERS: c_int = ffi::lua_upvalueindex(1);
const RUN_CTX_META: c_int = ffi::lua_upvalueindex(2);
const RUN_HTTP_ERROR_META: c_int = ffi::lua_upvalueindex(3);
/// What is kept for every `ctx` whose request runs (see `ctx.lua`).
const RUN_RUNNING: c_int = ffi::lua_upvalueindex(4);

/// The registry's function that gives what `on_error` is given for an error value.
pub(crate) const CAUGHT: &std::ffi::CStr = c"rover.caught";

/// One protected call, in and out.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) request: &'a RequestData<'a>,
    /// Index in the table of handlers.
    pub(crate) handler: c_int,
    pub(crate) wants_ctx: bool,
    pub(crate) argument: Argument<'a>,
    /// The body as a form, read at most once. It is kept here because an error in Lua
    /// unwinds the natives that use it.
    pub(crate) form: OnceCell<Result<Vec<Field<'a>>, FormError>>,
    /// Natives write these while `run` is on the stack below them.
    pub(crate) reply: RefCell<Reply>,
    pub(crate) failure: RefCell<Option<String>>,
}

impl<'a> Call<'a> {
    /// The fields of the body as a form.
    pub(crate) fn form(&self) -> Result<&[Field<'a>], FormError> {
        let read = self.form.get_or_init(|| {
            let content_type = self.request.headers.get("content-type");
            form::read(content_type, self.request.body.unwrap_or_default())
        });
        read.as_deref().map_err(|error| *error)
    }

    /// Lets go of an answer that was begun.
    fn forget_written(&self) {
        let mut reply = self.reply.borrow_mut();
        let mut body = std::mem::take(&mut reply.body);
        body.clear();
        *reply = Reply::into_buffer(body);
    }
}

/// What a hook is given after `ctx`.
pub(crate) enum Argument<'a> {
    None,
    /// The error value on top of the request thread's stack, with the status of the answer
    /// and what kind of error it is.
    Raised(StatusCode, &'static str),
    Http(StatusCode, &'a str),
}

/// The protected part of a request: `ctx`, the handler, the response.
///
/// # Safety
/// Called by `lua_pcall` on the request thread, with its upvalues, a pointer to a
/// [`Call`] and an error value or nil.
pub(crate) unsafe extern "C-unwind" fn run(state: *mut lua_State) -> c_int {
    // SAFETY: see above. The Lua functions called here may unwind this frame, which
    // owns nothing.
    unsafe {
        let call = &*ffi::lua_touserdata(state, 1).cast::<Call<'_>>();
        ffi::lua_rawgeti(state, RUN_HANDLERS, call.handler.into());
        let mut arguments = 0;
        if call.wants_ctx {
            ffi::lua_createtable(state, 0, 0);
            ffi::lua_pushvalue(state, RUN_CTX_META);
            ffi::lua_setmetatable(state, -2);
            // A second reference, by which `end_ctx` ends the handle.
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawseti(state, RUN_HANDLERS, 0);
            ffi::lua_pushvalue(state, -1);
            ffi::lua_createtable(state, 4, 0);
            ffi::lua_rawset(state, RUN_RUNNING);
            arguments = 1;
        }
        match call.argument {
            Argument::None => {}
            Argument::Raised(status, kind) => {
                ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, CAUGHT.as_ptr());
                ffi::lua_pushvalue(state, 2);
                ffi::lua_pushnumber(state, f64::from(status.as_u16()));
                ffi::lua_pushlstring(state, kind.as_ptr().cast(), kind.len());
                ffi::lua_call(state, 3, 1);
                arguments += 1;
            }
            Argument::Http(status, message) => {
                push_http_error(state, RUN_HTTP_ERROR_META, status, message);
                arguments += 1;
            }
        }
        ffi::lua_call(state, arguments, 1);
        unwind::native(state, call.shared, || {
            respond::respond(state, call);
            0
        })
    }
}

/// The protected part of a response that was thrown: it is what the request is answered with.
///
/// # Safety
/// Called by `lua_pcall` on the request thread, with a pointer to a [`Call`] and the response.
pub(crate) unsafe extern "C-unwind" fn run_thrown(state: *mut lua_State) -> c_int {
    // SAFETY: see above; what is on top is the response, and the frame owns nothing.
    unsafe {
        let call = &*ffi::lua_touserdata(state, 1).cast::<Call<'_>>();
        unwind::native(state, call.shared, || {
            call.forget_written();
            respond::respond(state, call);
            0
        })
    }
}

/// Lets go of what was kept for the last request's ctx, so that a kept one raises an error.
///
/// # Safety
/// `handlers` and `running` are the indices of the tables of handlers and of what is kept, and
/// there are three free stack slots.
pub(crate) unsafe fn end_ctx(state: *mut lua_State, handlers: c_int, running: c_int) {
    // SAFETY: slot 0 holds a ctx or nil. A key that is there is set, which allocates nothing.
    unsafe {
        ffi::lua_rawgeti(state, handlers, 0);
        let ctx = ffi::lua_gettop(state);
        if ffi::lua_type(state, ctx) == ffi::LUA_TTABLE {
            ffi::lua_pushvalue(state, ctx);
            ffi::lua_rawget(state, running);
            if ffi::lua_type(state, -1) == ffi::LUA_TTABLE {
                ffi::lua_pushvalue(state, ctx);
                ffi::lua_pushnil(state);
                ffi::lua_rawset(state, running);
            }
        }
        ffi::lua_settop(state, ctx - 1);
    }
}

/// # Safety
/// `meta` is the index of the HTTP errors' metatable.
unsafe fn push_http_error(state: *mut lua_State, meta: c_int, status: StatusCode, text: &str) {
    // SAFETY: plain pushes inside a protected call.
    unsafe {
        ffi::lua_createtable(state, 0, 3);
        ffi::lua_pushnumber(state, f64::from(status.as_u16()));
        ffi::lua_setfield(state, -2, c"status".as_ptr());
        ffi::lua_pushlstring(state, text.as_ptr().cast(), text.len());
        ffi::lua_setfield(state, -2, c"message".as_ptr());
        ffi::lua_pushstring(state, c"request".as_ptr());
        ffi::lua_setfield(state, -2, c"kind".as_ptr());
        ffi::lua_pushvalue(state, meta);
        ffi::lua_setmetatable(state, -2);
    }
}
