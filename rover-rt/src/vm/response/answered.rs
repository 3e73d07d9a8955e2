//! The answer that a hook after the handler is given: a response object whose body stays where it
//! is.

use std::ffi::CStr;

use http::StatusCode;
use mlua::ffi::{self, lua_State};

use crate::message::reply::{ContentType, Reply};
use crate::vm::native::stack::push;
use crate::vm::response::respond::ANSWERED_KIND;

/// The registry's metatable of response objects.
pub(crate) const RESPONSE: &CStr = c"rover.response";

/// Pushes an answer as a response object, with its number in place of the body (see
/// `response.lua` for its slots).
///
/// # Safety
/// Inside a protected call, or with memory relaxed, with six free slots. The caller's frames own
/// nothing that would have to be dropped.
pub(crate) unsafe fn push_answer(state: *mut lua_State, reply: &Reply, number: u32) {
    // SAFETY: the table, another one, and two values above are the most that is pushed. Lua
    // copies the bytes, which the caller keeps. What is borrowed needs no drop, where an error of
    // memory leaves this frame.
    unsafe {
        ffi::lua_createtable(state, 5, 0);
        let object = ffi::lua_gettop(state);
        let status = reply.status.unwrap_or(StatusCode::OK);
        ffi::lua_pushnumber(state, f64::from(status.as_u16()));
        ffi::lua_rawseti(state, object, 1);
        ffi::lua_pushnumber(state, ANSWERED_KIND);
        ffi::lua_rawseti(state, object, 2);
        ffi::lua_pushnumber(state, f64::from(number));
        ffi::lua_rawseti(state, object, 3);
        if let Some(kind) = &reply.content_type {
            push(state, ContentType::as_bytes(kind));
            ffi::lua_rawseti(state, object, 4);
        }
        let mut headers = reply.headers().peekable();
        if headers.peek().is_some() || reply.close {
            ffi::lua_createtable(state, 4, 0);
            let mut at = 0;
            let close = reply.close.then_some((&b"connection"[..], &b"close"[..]));
            let headers = headers.map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
            for part in headers.chain(close).flat_map(|(name, value)| [name, value]) {
                at += 1;
                push(state, part);
                ffi::lua_rawseti(state, -2, at);
            }
            ffi::lua_rawseti(state, object, 5);
        }
        ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, RESPONSE.as_ptr());
        ffi::lua_setmetatable(state, object);
    }
}
