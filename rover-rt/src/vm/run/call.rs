//! The protected part of a request: what runs in it.

use std::ffi::c_int;

use http::StatusCode;
use mlua::ffi::{self, lua_State};

use crate::vm::native::unwind::contained;
use crate::vm::response::answered::push_answer;
use crate::vm::response::respond::respond;
use crate::vm::state::call::{Argument, Call};
use crate::vm::state::vm::{VmState, by_address};

/// Where the tables stand that a call's values are made with: at these indices of the stack, or among the
/// upvalues.
#[derive(Clone, Copy)]
pub(crate) struct CallTables {
    pub(crate) handlers: c_int,
    pub(crate) ctx_meta: c_int,
    pub(crate) http_error_meta: c_int,
    /// What is kept for every `ctx` whose request runs (see `ctx.lua`).
    pub(crate) running: c_int,
}

/// The upvalues of [`run`] and [`prepare`].
const UPVALUES: CallTables = CallTables {
    handlers: ffi::lua_upvalueindex(1),
    ctx_meta: ffi::lua_upvalueindex(2),
    http_error_meta: ffi::lua_upvalueindex(3),
    running: ffi::lua_upvalueindex(4),
};

/// The registry's function that gives what `on_error` is given for an error value.
pub(crate) const CAUGHT: &std::ffi::CStr = c"rover.caught";

/// The protected part of a request: `ctx`, the handler, the response.
///
/// # Safety
/// Called by `lua_pcall` on the request thread, as a closure over its upvalues, with the address
/// of the [`VmState`] and an error value or nil.
pub(crate) unsafe extern "C-unwind" fn run(state: *mut lua_State) -> c_int {
    // SAFETY: the arguments are the two that the caller has pushed, and a call is running. A C
    // function has 20 free slots, of which less than half is used. Errors of the Lua functions
    // called here leave this frame, which owns nothing, for `lua_pcall`.
    unsafe {
        let shared = by_address(ffi::lua_touserdata(state, 1));
        let Some(call) = shared.call() else { return 0 };
        let arguments = push_call(state, call, UPVALUES);
        ffi::lua_call(state, arguments, 1);
        finish(state, shared)
    }
}

/// The protected part of a call in a coroutine, as far as it comes before that: an error value that a hook is given
/// is made by Lua code. The function and its arguments are the results.
///
/// # Safety
/// As for [`run`].
pub(crate) unsafe extern "C-unwind" fn prepare(state: *mut lua_State) -> c_int {
    // SAFETY: as in `run`, whose upvalues this has.
    unsafe {
        let shared = by_address(ffi::lua_touserdata(state, 1));
        let Some(call) = shared.call() else { return 0 };
        push_call(state, call, UPVALUES) + 1
    }
}

/// Pushes a call's function and its arguments, and gives how many those are.
///
/// # Safety
/// In [`run`] or [`prepare`], whose second argument is the error value of [`Argument::Raised`]; or outside of any call,
/// with memory relaxed, for another argument. The tables are where it is said, and there are ten free slots.
#[inline]
pub(crate) unsafe fn push_call(state: *mut lua_State, call: &Call<'_>, at: CallTables) -> c_int {
    // SAFETY: less than ten slots are used. Errors of the Lua function called here leave this
    // frame, which owns nothing, for `lua_pcall`; nothing else raises one where memory is relaxed.
    unsafe {
        ffi::lua_rawgeti(state, at.handlers, call.handler.into());
        let mut arguments = 0;
        if call.wants_ctx {
            if !call.follows || !push_kept_ctx(state, at) {
                ffi::lua_createtable(state, 0, 0);
                ffi::lua_pushvalue(state, at.ctx_meta);
                ffi::lua_setmetatable(state, -2);
                // A second reference, by which `end_ctx` ends the handle.
                ffi::lua_pushvalue(state, -1);
                ffi::lua_rawseti(state, at.handlers, 0);
                ffi::lua_pushvalue(state, -1);
                ffi::lua_createtable(state, 4, 0);
                ffi::lua_rawset(state, at.running);
            }
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
                push_http_error(state, at.http_error_meta, status, message);
                arguments += 1;
            }
            Argument::Answer(reply, number) => {
                if arguments == 0 {
                    ffi::lua_pushnil(state);
                }
                push_answer(state, reply, number);
                arguments = 2;
            }
        }
        arguments
    }
}

/// Pushes the ctx that an earlier call of the request has kept, if one has.
///
/// # Safety
/// As for [`push_call`], with four free slots.
unsafe fn push_kept_ctx(state: *mut lua_State, at: CallTables) -> bool {
    // SAFETY: two slots are used. The reads are raw, of tables. A ctx whose request has ended
    // has nothing that is kept.
    unsafe {
        ffi::lua_rawgeti(state, at.handlers, 0);
        if ffi::lua_type(state, -1) == ffi::LUA_TTABLE {
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawget(state, at.running);
            let is_live = ffi::lua_type(state, -1) == ffi::LUA_TTABLE;
            ffi::lua_pop(state, 1);
            if is_live {
                return true;
            }
        }
        ffi::lua_pop(state, 1);
        false
    }
}

/// The protected part of a response that was thrown: it is what the request is answered with.
///
/// # Safety
/// Called by `lua_pcall` on the request thread, with the address of the [`VmState`] and the
/// response.
pub(crate) unsafe extern "C-unwind" fn run_thrown(state: *mut lua_State) -> c_int {
    // SAFETY: the arguments are the two that the caller has pushed, so that the response is on
    // top. This frame owns nothing.
    unsafe {
        let shared = by_address(ffi::lua_touserdata(state, 1));
        shared.running.forget_written();
        finish(state, shared)
    }
}

/// Makes what is on top of the stack the answer.
///
/// # Safety
/// In a C function in a protected call, with the value on top; the frame owns nothing.
unsafe fn finish(state: *mut lua_State, shared: &VmState) -> c_int {
    // SAFETY: the caller is such a function. What is contained calls no Lua code and raises no
    // error: it reads the value, raw, and writes to the reply.
    unsafe {
        contained(state, shared, || {
            respond(state, shared);
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
    // SAFETY: the caller has three free slots, and no more are used at a time. Slot 0 of the
    // handlers holds a ctx or nil. Only a key that is there is set, which allocates nothing and
    // so raises no error.
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
/// As for [`push_call`], with three free slots. `meta` is the index of the HTTP errors' metatable.
pub(super) unsafe fn push_http_error(
    state: *mut lua_State,
    meta: c_int,
    status: StatusCode,
    text: &str,
) {
    // SAFETY: the table, a value and its field's name take the three slots, and the table is
    // what stays. An error of memory leaves this frame, which owns nothing.
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
