//! Answers as Lua values.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use crate::redis::reply::Reply;
use crate::vm::native::stack::push;

/// Pushes an answer. In a list nothing is nil, which would end it.
///
/// # Safety
/// `state` is a thread that runs nothing or is in a contained native, with a free slot, and memory is relaxed. The
/// registry has the metatable of arrays.
pub(crate) unsafe fn push_reply(state: *mut lua_State, reply: &Reply) {
    // SAFETY: a value takes the free slot. What is in a table sees to slots of its own: a key, a value and the
    // metatable are pushed on top of the table, and popped. The access is raw.
    unsafe {
        match reply {
            Reply::Nil => ffi::lua_pushnil(state),
            Reply::Boolean(value) => ffi::lua_pushboolean(state, (*value).into()),
            Reply::Number(number) => ffi::lua_pushnumber(state, *number),
            Reply::Text(text) => push(state, text),
            Reply::List(_) | Reply::Table(_) if ffi::lua_checkstack(state, 4) == 0 => {
                ffi::lua_pushnil(state);
            }
            Reply::List(list) => {
                ffi::lua_createtable(state, c_int::try_from(list.len()).unwrap_or(0), 0);
                push(state, b"rover.array");
                ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
                ffi::lua_setmetatable(state, -2);
                for (value, number) in list.iter().zip(1..) {
                    match value {
                        Reply::Nil => ffi::lua_pushlightuserdata(state, std::ptr::null_mut()),
                        value => push_reply(state, value),
                    }
                    ffi::lua_rawseti(state, -2, number);
                }
            }
            Reply::Table(pairs) => {
                ffi::lua_createtable(state, 0, c_int::try_from(pairs.len()).unwrap_or(0));
                for (name, value) in pairs {
                    push(state, name);
                    push_reply(state, value);
                    ffi::lua_rawset(state, -3);
                }
            }
        }
    }
}
