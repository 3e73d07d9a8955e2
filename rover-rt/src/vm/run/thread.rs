//! The thread that requests run on: what stands at the bottom of its stack, always the same.

use std::cell::Cell;
use std::ffi::c_int;

use mlua::ffi;
use mlua::{Lua, Table};

use crate::error::Error;
use crate::vm::run::call::{CallTables, prepare, run, run_thrown};

pub(crate) const ON_ERROR_TRACE: c_int = 1;
pub(crate) const RUN: c_int = 2;
pub(crate) const HANDLERS: c_int = 3;
pub(crate) const PENDING: c_int = 4;
pub(crate) const RUN_THROWN: c_int = 5;
pub(crate) const DESCRIBED: c_int = 6;
pub(crate) const RUNNING: c_int = 7;
pub(crate) const PREPARE: c_int = 8;
pub(crate) const SEATS: c_int = 9;
pub(crate) const LAST_CTX: c_int = 10;
const CTX_META: c_int = 11;
const HTTP_ERROR_META: c_int = 12;
/// So many values stay there. What a call pushes stands above them.
pub(crate) const FIXED: c_int = HTTP_ERROR_META;
/// What calls are made with, outside of any.
pub(crate) const TABLES: CallTables = CallTables {
    handlers: HANDLERS,
    ctx_meta: CTX_META,
    http_error_meta: HTTP_ERROR_META,
    running: RUNNING,
};

/// Makes the thread that requests run on, with the fixed values at the bottom of its
/// stack. `parts` holds the message handler, then the upvalues of `run`.
pub(crate) fn request_thread(lua: &Lua, parts: Table) -> Result<*mut ffi::lua_State, Error> {
    let state = Cell::new(std::ptr::null_mut());
    // SAFETY: `exec_raw` calls this in a protected call, with the table as its one argument. It
    // holds nine values; with the thread and the upvalues no more than 20 are on the stack at
    // a time. `lua_xmove` moves the fixed ones to the thread, whose stack has room for them.
    // The table keeps the thread, and the registry the table.
    unsafe {
        lua.exec_raw::<()>(&parts, |parent| {
            let thread = ffi::lua_newthread(parent);
            ffi::lua_rawgeti(parent, 1, 1);
            for part in [2, 3, 4, 6] {
                ffi::lua_rawgeti(parent, 1, part);
            }
            ffi::lua_pushcclosure(parent, run, 4);
            ffi::lua_rawgeti(parent, 1, 2);
            ffi::lua_rawgeti(parent, 1, 5);
            ffi::lua_pushcclosure(parent, run_thrown, 0);
            ffi::lua_rawgeti(parent, 1, 7);
            ffi::lua_rawgeti(parent, 1, 6);
            for part in [2, 3, 4, 6] {
                ffi::lua_rawgeti(parent, 1, part);
            }
            ffi::lua_pushcclosure(parent, prepare, 4);
            for part in [8, 9, 3, 4] {
                ffi::lua_rawgeti(parent, 1, part);
            }
            ffi::lua_xmove(parent, thread, FIXED);
            // The registry keeps the table, and the table the thread.
            ffi::lua_rawseti(parent, 1, 0);
            ffi::lua_settop(parent, 0);
            state.set(thread);
        })?;
    }
    lua.set_named_registry_value("rover.parts", parts)?;
    Ok(state.get())
}
