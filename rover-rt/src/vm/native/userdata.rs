//! Metatables of userdata that hold something of Rust's.

use std::cell::Cell;
use std::ffi::{CStr, c_void};

use mlua::Lua;
use mlua::ffi::{self, lua_CFunction};

use crate::vm::state::vm::VmState;

/// Makes the registry's metatable of such userdata, by which they are given back: `free` is a closure over the
/// address of the [`VmState`]. Gives the metatable's address.
pub(crate) fn metatable_of(
    lua: &Lua,
    shared: &VmState,
    name: &CStr,
    free: lua_CFunction,
) -> mlua::Result<*const c_void> {
    let address = Cell::new(std::ptr::null());
    // SAFETY: `exec_raw` calls this in a protected call, with an empty stack of which three slots
    // are used. The function `free` gets the upvalue that it reads, and `shared` outlives the
    // state. The stack is left empty.
    unsafe {
        lua.exec_raw::<()>((), |state| {
            ffi::luaL_newmetatable(state, name.as_ptr());
            let vm: *const VmState = shared;
            ffi::lua_pushlightuserdata(state, vm.cast_mut().cast());
            ffi::lua_pushcclosure(state, free, 1);
            ffi::lua_setfield(state, -2, c"__gc".as_ptr());
            ffi::lua_pushboolean(state, 0);
            ffi::lua_setfield(state, -2, c"__metatable".as_ptr());
            address.set(ffi::lua_topointer(state, -1));
            ffi::lua_settop(state, 0);
        })?;
    }
    Ok(address.get())
}
