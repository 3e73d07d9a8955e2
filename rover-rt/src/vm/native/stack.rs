//! What natives take from Lua's stack and push on it.

use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};

use crate::vm::state::call::Call;
use crate::vm::state::vm::{LOGGED_BYTES, VmState};

/// The state of the VM that runs a native.
///
/// # Safety
/// The running C function was made by `register`.
pub(crate) unsafe fn vm_state<'a>(state: *mut lua_State) -> &'a VmState {
    // SAFETY: `register` gives every native the address of the `VmState` as its first upvalue.
    // The `VmState` outlives the Lua state, and with it every native.
    unsafe { &*ffi::lua_touserdata(state, ffi::lua_upvalueindex(1)).cast::<VmState>() }
}

/// The same with the call that runs.
///
/// # Safety
/// The running C function was made by `register`. What is borrowed is not used after it.
pub(crate) unsafe fn running<'a>(state: *mut lua_State) -> (&'a VmState, &'a Call<'a>) {
    // SAFETY: the caller is a native that `register` has made.
    let shared = unsafe { vm_state(state) };
    // Only functions that the runtime calls for a request, and those of a ctx, ask.
    #[expect(clippy::expect_used)]
    let call = shared.call().expect("there is a running request");
    (shared, call)
}

/// Pushes a string.
///
/// # Safety
/// There is a free stack slot. Where memory is not relaxed, this is in a protected call, and the
/// frame owns nothing.
#[inline]
pub(crate) unsafe fn push(state: *mut lua_State, text: &[u8]) {
    // SAFETY: the caller has seen to the slot. Lua copies the bytes, which live until it has.
    unsafe { ffi::lua_pushlstring(state, text.as_ptr().cast(), text.len()) };
}

/// Sets a field of the table on top to a string.
///
/// # Safety
/// A table is on top, with two free slots above it; else as for [`push`].
pub(crate) unsafe fn set_field(state: *mut lua_State, key: &[u8], value: &[u8]) {
    // SAFETY: the two strings take the two free slots, and `lua_rawset` pops them. The table
    // is below them.
    unsafe {
        push(state, key);
        push(state, value);
        ffi::lua_rawset(state, -3);
    }
}

/// Gives the table on top the metatable that marks arrays.
///
/// # Safety
/// A table is on top, with a free slot above it, in a native that `register` has made.
pub(crate) unsafe fn mark_array(state: *mut lua_State) {
    // SAFETY: the second upvalue of such a native is the metatable. It takes the free slot, and
    // `lua_setmetatable` pops it.
    unsafe {
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        ffi::lua_setmetatable(state, -2);
    }
}

/// The bytes of a string or number; nothing for other values.
///
/// # Safety
/// `index` is valid, and the value is not a key of a running `lua_next`. The slice is used while
/// the value is on the stack.
#[inline]
pub(crate) unsafe fn bytes<'s>(state: *mut lua_State, index: c_int) -> Option<&'s [u8]> {
    let mut length = 0;
    // SAFETY: the index is valid. What `lua_tolstring` gives is null, or has so many bytes for
    // as long as the value, which is a string from here on, is on the stack.
    unsafe {
        let text = ffi::lua_tolstring(state, index, &raw mut length);
        (!text.is_null()).then(|| std::slice::from_raw_parts(text.cast(), length))
    }
}

/// Appends a string's or number's text; nothing for other values.
///
/// # Safety
/// `index` is valid and the value is not a key of a running `lua_next`.
pub(crate) unsafe fn append_string(state: *mut lua_State, index: c_int, out: &mut Vec<u8>) {
    // SAFETY: the index is valid. The bytes are copied before anything else runs in Lua.
    if let Some(text) = unsafe { bytes(state, index) } {
        out.extend_from_slice(text);
    }
}

/// A string's or number's text; bytes that are not UTF-8 are replaced.
///
/// # Safety
/// `index` is valid and the value is not a key of a running `lua_next`.
pub(crate) unsafe fn lossy(state: *mut lua_State, index: c_int) -> String {
    let mut bytes = Vec::new();
    // SAFETY: the index is valid, and no `lua_next` has given the value as a key.
    unsafe { append_string(state, index, &mut bytes) };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text's beginning, for the log.
///
/// # Safety
/// `index` is valid and the value is not a key of a running `lua_next`.
pub(crate) unsafe fn bounded(state: *mut lua_State, index: c_int) -> String {
    // SAFETY: the index is valid. The bytes are copied before anything else runs in Lua.
    let Some(text) = (unsafe { bytes(state, index) }) else {
        return String::new();
    };
    let shown = &text[..text.len().min(LOGGED_BYTES)];
    let mut shown = String::from_utf8_lossy(shown).into_owned();
    if text.len() > LOGGED_BYTES {
        shown.push_str("...");
    }
    shown
}

/// The address of a value's metatable; null without one.
///
/// # Safety
/// `index` is absolute and valid, with a free slot.
pub(crate) unsafe fn metatable(state: *mut lua_State, index: c_int) -> *const c_void {
    // SAFETY: the index is valid. The metatable takes the free slot, and is popped again.
    unsafe {
        if ffi::lua_getmetatable(state, index) == 0 {
            return std::ptr::null();
        }
        let address = ffi::lua_topointer(state, -1);
        ffi::lua_pop(state, 1);
        address
    }
}

/// Whether the value on top of the stack has one of the runtime's metatables.
///
/// # Safety
/// There is a value, and a free slot.
pub(crate) unsafe fn has_meta(
    state: *mut lua_State,
    known: &std::cell::Cell<*const c_void>,
) -> bool {
    // SAFETY: there is a value at the top, whose index is positive and so absolute, and a free
    // slot above it.
    let meta = unsafe { metatable(state, ffi::lua_gettop(state)) };
    !meta.is_null() && meta == known.get()
}
