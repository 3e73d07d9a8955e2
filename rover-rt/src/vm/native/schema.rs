//! Schemas as Lua holds them.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use crate::vm::native::stack::metatable;
use crate::vm::state::schemas::MadeSchema;
use crate::vm::state::vm::VmState;

/// The schema that `guard.lua` made of a table: its metatable holds the userdata.
///
/// # Safety
/// `index` is absolute and valid, with three free slots; the schema is used while the value is
/// on the stack.
pub(crate) unsafe fn schema_at<'s>(
    state: *mut lua_State,
    shared: &VmState,
    index: c_int,
) -> Option<&'s MadeSchema> {
    // SAFETY: the metatable, what it holds and the metatable of that take the three free
    // slots, and the stack is restored. Only userdata that hold the address of a `MadeSchema`,
    // or null, have the metatable that is asked for; the value keeps the userdata alive.
    unsafe {
        let top = ffi::lua_gettop(state);
        if ffi::lua_type(state, index) != ffi::LUA_TTABLE
            || ffi::lua_getmetatable(state, index) == 0
        {
            return None;
        }
        ffi::lua_rawgeti(state, top + 1, 1);
        let known = ffi::lua_type(state, top + 2) == ffi::LUA_TUSERDATA
            && metatable(state, top + 2) == shared.metatables.schema.get();
        let made = known.then(|| {
            ffi::lua_touserdata(state, top + 2)
                .cast::<*const MadeSchema>()
                .read()
        });
        ffi::lua_settop(state, top);
        made?.as_ref()
    }
}

/// Whether a value is a schema.
///
/// # Safety
/// `index` is absolute and valid, with three free slots.
pub(crate) unsafe fn is_schema(state: *mut lua_State, shared: &VmState, index: c_int) -> bool {
    // SAFETY: the index is valid and there are three free slots. The schema is not used.
    unsafe { schema_at(state, shared, index).is_some() }
}
