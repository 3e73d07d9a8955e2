//! The allocator of a VM's state.
//!
//! Every block of Lua's comes through [`allocate`], which is where a handler that does
//! nothing but make long strings is met: it counts, and looks at the clock now and then.

use std::ffi::c_void;
use std::ptr;

use mlua::ffi::{self, lua_State};

use crate::vm::native::unwind;
use crate::vm::state::vm::VmState;

/// Puts [`allocate`] before the allocator of a state.
///
/// # Safety
/// `shared` does not move, and outlives the state or [`give_back`].
pub(crate) unsafe fn take(state: *mut lua_State, shared: &VmState) {
    let mut data = ptr::null_mut();
    // SAFETY: the caller's state lives. What `allocate` is given is the address of `shared`,
    // which stays where it is for as long as it is called. `open` comes before the first call.
    unsafe {
        let allocator = ffi::lua_getallocf(state, &raw mut data);
        shared.memory.open(state, (allocator, data));
        let this: *const VmState = shared;
        ffi::lua_setallocf(state, allocate, this.cast_mut().cast());
    }
}

/// Takes [`allocate`] away.
///
/// # Safety
/// The state is the one that the allocator was taken from.
pub(crate) unsafe fn give_back(state: *mut lua_State, shared: &VmState) {
    if let Some((allocator, data)) = shared.memory.next() {
        // SAFETY: the state lives, and all its blocks are this allocator's, which was its own
        // before.
        unsafe { ffi::lua_setallocf(state, allocator, data) };
    }
}

/// `lua_Alloc`: gives a block of another size, or null.
///
/// # Safety
/// Called by Lua with the address of the [`VmState`] and a block that came from here or from
/// the allocator before.
unsafe extern "C" fn allocate(
    data: *mut c_void,
    block: *mut c_void,
    old: usize,
    new: usize,
) -> *mut c_void {
    // SAFETY: `take` gave Lua the address of a `VmState` that outlives the use of this
    // function.
    let shared = unsafe { &*data.cast::<VmState>() };
    let had = if block.is_null() { 0 } else { old };
    let grants = || {
        unwind::pure_or_default(shared, || {
            let deadline = &shared.running.deadline;
            let sizes = (new, new - had);
            shared.memory.grants(sizes, deadline, &shared.pace)
        })
    };
    if new > had && !grants() {
        return ptr::null_mut();
    }
    let Some((next, next_data)) = shared.memory.next() else {
        return ptr::null_mut();
    };
    // SAFETY: the block is null or was given by `next`, with this size, as all blocks of the
    // state are.
    let given = unsafe { next(next_data, block, old, new) };
    if new == 0 || !given.is_null() {
        shared.memory.count(had, new);
    }
    given
}
