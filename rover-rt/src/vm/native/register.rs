//! How natives are made known to Lua.

use std::ffi::CStr;

use mlua::ffi::{self, lua_CFunction};
use mlua::{Lua, Table};

use crate::vm::native::unwind::enter;
use crate::vm::state::vm::VmState;

/// Natives by the names that the runtime's Lua calls them by.
pub(crate) type Natives = [(&'static CStr, lua_CFunction)];

/// Who keeps the panics of natives from unwinding into Lua.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry {
    /// They do themselves, as they raise Lua errors.
    Own,
    /// [`enter`], whose closures have the native as third upvalue.
    Contained,
}

/// Makes natives: C closures over the `VmState` and the metatable of arrays.
pub(crate) fn register(
    lua: &Lua,
    shared: &VmState,
    natives: &Table,
    array: &Table,
    functions: &'static Natives,
    entry: Entry,
) -> mlua::Result<()> {
    let shared: *const VmState = shared;
    // SAFETY: `exec_raw` calls this in a protected call, with the two tables as arguments. Each
    // closure takes its upvalues from the stack, and `lua_setfield` the closure. `shared`
    // outlives the state, and the functions are static. The stack is left empty.
    unsafe {
        lua.exec_raw::<()>((natives, array), |state| {
            for (name, function) in functions {
                ffi::lua_pushlightuserdata(state, shared.cast_mut().cast());
                ffi::lua_pushvalue(state, 2);
                match entry {
                    Entry::Own => ffi::lua_pushcclosure(state, *function, 2),
                    Entry::Contained => {
                        let function: *const ffi::lua_CFunction = function;
                        ffi::lua_pushlightuserdata(state, function.cast_mut().cast());
                        ffi::lua_pushcclosure(state, enter, 3);
                    }
                }
                ffi::lua_setfield(state, 1, name.as_ptr());
            }
            ffi::lua_settop(state, 0);
        })
    }
}
