//! `rover.fs` and `io`: see `files.lua`. What they wait for is in `crate::files`, which knows no
//! Lua.

pub(crate) mod fs;
pub(crate) mod io;
pub(crate) mod object;

use std::ffi::c_int;

use mlua::ffi::lua_State;

use crate::files::front::Files;
use crate::vm::native::stack::vm_state;
use crate::vm::state::vm::VmState;
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Operation, Outcome};

/// So many files of a VM are open at once.
pub(crate) const MOST_OPEN: usize = 1000;

/// Begins an operation on files and waits for it.
///
/// # Safety
/// In a contained native with eight free slots.
unsafe fn begin<F>(state: *mut lua_State, operation: impl FnOnce(&VmState, &Files) -> F) -> c_int
where
    F: Future<Output = Outcome> + 'static,
{
    // SAFETY: the caller is a contained native with eight free slots.
    unsafe {
        let shared = vm_state(state);
        let Some(files) = shared.files.get() else {
            let error = WaitError::new("file", "there are no files here");
            return push_error(state, &error);
        };
        let operation = operation(shared, files);
        park(state, shared, Operation::Outside(Box::pin(operation)))
    }
}
