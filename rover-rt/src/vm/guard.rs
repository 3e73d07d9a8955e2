//! What keeps a fault inside its request: panics of Rust code that Lua called, and
//! recursion on the native stack.
//!
//! A panic must not unwind into LuaJIT: a `pcall` of the program's would take it for its
//! own error, and Rust aborts the process when a panic is dropped by others. Nor may a Lua
//! error be caught by Rust. So what runs inside [`pure`] calls nothing that raises Lua
//! errors, and what raises them runs outside.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mlua::ffi::{self, lua_State};

use super::Shared;
use super::native::push;

#[cfg(panic = "abort")]
compile_error!(
    "rover-rt needs panic = \"unwind\" (the default): with \"abort\" one request could end \
     the whole server. Remove `panic = \"abort\"` from the profile in Cargo.toml."
);

/// How far Lua and Rust may call each other on the native stack. Threads that tests run on
/// have 2 MiB.
const STACK_BYTES: usize = 1 << 20;

/// Runs code that raises no Lua errors; nothing where it panics, which the request's end
/// finds out whatever the program does with the error that follows.
pub(super) fn pure<T>(shared: &Shared, f: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // Its destructor might panic, too.
            std::mem::forget(payload);
            shared.panicked.set(true);
            None
        }
    }
}

/// Raises the error that stands for a panic in the program.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(super) unsafe fn panicked(state: *mut lua_State) -> ! {
    // SAFETY: as the caller's.
    unsafe { fail(state, b"the runtime panicked") }
}

/// Raises an error with the place of the call, as `luaL_error` does.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(super) unsafe fn fail(state: *mut lua_State, message: &[u8]) -> ! {
    // SAFETY: as the caller's; an argument's slot may be one too few for three pushes.
    unsafe {
        ffi::luaL_checkstack(state, 3, std::ptr::null());
        ffi::luaL_where(state, 1);
        push(state, message);
        ffi::lua_concat(state, 2);
        ffi::lua_error(state)
    }
}

/// Raises an error where calls between Lua and C have come too deep.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(super) unsafe fn check_stack(state: *mut lua_State, shared: &Shared) {
    let used = shared.stack.get().saturating_sub(here());
    if used > STACK_BYTES {
        // SAFETY: as the caller's.
        unsafe {
            fail(
                state,
                b"stack overflow (calls through C are nested too deep)",
            )
        }
    }
}

/// The address of the native stack's top, about.
#[inline(never)]
pub(super) fn here() -> usize {
    let frame = 0_u8;
    std::hint::black_box(&raw const frame).addr()
}

/// Checks it before a request: the stack that it may use begins here.
pub(super) fn begin(shared: &Shared) {
    shared.stack.set(here());
}
