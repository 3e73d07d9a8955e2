//! What lowered code returns where the answer is written already.

use std::ffi::c_void;

use mlua::ffi::{self, lua_State};

/// Its address is what `reply` returns: the answer is written already.
static WRITTEN: u8 = 0;

/// What lowered code returns for such an answer.
pub(crate) fn written() -> *mut c_void {
    let written: *const u8 = &raw const WRITTEN;
    written.cast_mut().cast()
}

/// Whether the light userdata on top of the stack stands for a written answer.
///
/// # Safety
/// A light userdata is on top of the stack.
pub(crate) unsafe fn is_written(state: *mut lua_State) -> bool {
    let written: *const u8 = &raw const WRITTEN;
    // SAFETY: a light userdata is on top, of which only the address is looked at.
    unsafe { ffi::lua_touserdata(state, -1).cast_const() == written.cast() }
}
