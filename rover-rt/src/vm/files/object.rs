//! File objects: userdata that hold a [`LuaFile`].

use std::ffi::c_int;
use std::rc::Rc;

use mlua::Lua;
use mlua::ffi::{self, lua_State};

use crate::files::open::state::BUFFER;
use crate::vm::native::raise::NO_MEMORY;
use crate::vm::native::stack::{metatable, vm_state};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::native::userdata::metatable_of;
use crate::vm::state::files::LuaFile;
use crate::vm::state::vm::VmState;

/// The registry's metatable of file objects.
const FILE: &std::ffi::CStr = c"rover.open_file";
/// What an object takes: its buffer, which Lua does not see.
const BYTES: usize = BUFFER + size_of::<LuaFile>();

/// Makes the metatable, to which `files.lua` adds what programs see.
pub(crate) fn install(lua: &Lua, shared: &VmState) -> mlua::Result<()> {
    let metatable = metatable_of(lua, shared, FILE, free)?;
    shared.metatables.file.set(metatable);
    Ok(())
}

/// Frees a file with its object: it is closed where nobody else has it.
unsafe extern "C-unwind" fn free(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls this once for each userdata with our metatable, which the program
    // cannot reach. It holds the address of an `Rc` that `push_file` has made, or null from then
    // on. `free` is a closure over the address of the `VmState`.
    unsafe {
        let owner = ffi::lua_touserdata(state, 1).cast::<*const LuaFile>();
        let file = std::mem::replace(&mut *owner, std::ptr::null());
        if !file.is_null() {
            let shared = vm_state(state);
            pure_or_default(shared, || {
                drop(Rc::from_raw(file));
                shared.memory.release(BYTES);
            });
        }
    }
    0
}

/// Pushes an object for a file, or gives what the native returns.
///
/// # Safety
/// In a contained native with two free slots.
pub(crate) unsafe fn push_file(state: *mut lua_State, file: Rc<LuaFile>) -> Result<(), c_int> {
    // SAFETY: the caller is a contained native, in which memory is relaxed. The userdata has
    // room for one address, which is written before it gets the metatable by which it is freed; it
    // then owns the file.
    unsafe {
        let shared = vm_state(state);
        if !shared.memory.makes_room(state, BYTES) {
            return Err(NO_MEMORY);
        }
        shared.memory.hold(BYTES);
        let size = size_of::<*const LuaFile>();
        let owner = ffi::lua_newuserdata(state, size).cast::<*const LuaFile>();
        owner.write(Rc::into_raw(file));
        ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, FILE.as_ptr());
        ffi::lua_setmetatable(state, -2);
    }
    Ok(())
}

/// The file of an argument; nothing where that is no file object.
///
/// # Safety
/// In a contained native with a free slot; `index` is absolute and valid.
pub(crate) unsafe fn file_at(state: *mut lua_State, index: c_int) -> Option<Rc<LuaFile>> {
    // SAFETY: there is a free slot for the metatable. Only userdata that hold the address of a
    // `LuaFile` that is shared, or null, have the metatable that is asked for; the value keeps the
    // userdata alive, and that the file.
    unsafe {
        let known = ffi::lua_type(state, index) == ffi::LUA_TUSERDATA
            && metatable(state, index) == vm_state(state).metatables.file.get();
        if !known {
            return None;
        }
        let file = *ffi::lua_touserdata(state, index).cast::<*const LuaFile>();
        if file.is_null() {
            return None;
        }
        Rc::increment_strong_count(file);
        Some(Rc::from_raw(file))
    }
}
