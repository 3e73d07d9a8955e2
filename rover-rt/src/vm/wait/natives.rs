//! Natives for waiting: see `wait.lua`.

use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::vm::native::place::innermost;
use crate::vm::native::raise::{NO_MEMORY, YIELD};
use crate::vm::native::stack::{push, vm_state};
use crate::vm::state::vm::VmState;
use crate::vm::state::waits::{Fork, Spawned};
use crate::vm::wait::outcome::push_error;
use crate::vm::wait::seats;
use crate::wait::error::WaitError;
use crate::wait::operation::Operation;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 5] = [
    (c"sleep", sleep),
    (c"join", join),
    (c"fork", fork),
    (c"stop", stop),
    (c"spawn", spawn),
];

unsafe extern "C-unwind" {
    /// Whether a coroutine can yield (`lj_api.c`): mlua does not declare it for LuaJIT.
    fn lua_isyieldable(state: *mut lua_State) -> c_int;
}

/// What a coroutine that waits yields, by which it is told from the program's own yields. It
/// is the address of this, which nothing else has.
static TOKEN: u8 = 0;

const NO_REQUEST: &[u8] = b"no request runs here that can be suspended";
/// `lua_error` calls a message handler, and `string.format` a metamethod, from C (`lj_err.c`, `lj_strfmt.c`).
const NOT_SUSPENDED: &[u8] = b"LuaJIT cannot suspend the message handler of an `xpcall`, which may give the \
error back for the code behind the `xpcall` to wait, nor a `__tostring` that `string.format` calls, which \
may be given `tostring(value)` in its place, nor the function of `update`";

/// The token's address.
pub(crate) fn token() -> *mut c_void {
    (&raw const TOKEN).cast_mut().cast()
}

/// Whether the code that runs can wait.
///
/// # Safety
/// In a native.
#[cfg(feature = "crypto")]
pub(crate) unsafe fn can_wait(state: *mut lua_State, shared: &VmState) -> bool {
    let waits = &shared.running.waits;
    // SAFETY: `lua_isyieldable` reads the running thread.
    let is_yieldable = unsafe { lua_isyieldable(state) != 0 };
    waits.may.get() && !waits.cancelled.get() && is_yieldable
}

/// Begins a wait: what follows is seen by who resumes the coroutine. Where nothing can wait, the
/// native returns nil and says why.
///
/// # Safety
/// In a contained native with eight free slots.
pub(crate) unsafe fn park(state: *mut lua_State, shared: &VmState, operation: Operation) -> c_int {
    let waits = &shared.running.waits;
    // SAFETY: the caller has the free slots. `lua_isyieldable` reads the running thread.
    unsafe {
        if waits.cancelled.get() {
            return push_error(state, &WaitError::cancelled());
        }
        let reason: &[u8] = match (waits.may.get(), lua_isyieldable(state) != 0) {
            (true, true) => {
                waits.parked.replace(Some(operation));
                ffi::lua_pushlightuserdata(state, token());
                return YIELD;
            }
            (false, _) => NO_REQUEST,
            (true, false) => NOT_SUSPENDED,
        };
        ffi::lua_pushnil(state);
        push(state, reason);
    }
    2
}

/// `sleep(seconds)`: the caller has seen to it that it is a number that is not negative.
unsafe extern "C-unwind" fn sleep(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `wait.lua` calls with a number.
    unsafe {
        let operation = Operation::sleep(ffi::lua_tonumber(state, 1));
        park(state, vm_state(state), operation)
    }
}

/// `join()`: waits until a fiber that this one has begun has ended.
unsafe extern "C-unwind" fn join(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native.
    unsafe { park(state, vm_state(state), Operation::Join) }
}

/// `fork(f, ...)`: begins a fiber beside the one that runs, for the same request. Gives `true` and its number, or as
/// a wait does.
unsafe extern "C-unwind" fn fork(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `wait.lua` calls with a function. `begun` moves all
    // values away, so that there is room for the number.
    unsafe {
        let shared = vm_state(state);
        let waits = &shared.running.waits;
        if waits.cancelled.get() {
            return push_error(state, &WaitError::cancelled());
        }
        // Who begins a fiber waits for it.
        if !waits.may.get() || lua_isyieldable(state) == 0 {
            let may = waits.may.get();
            ffi::lua_pushnil(state);
            push(state, if may { NOT_SUSPENDED } else { NO_REQUEST });
            return 2;
        }
        let fiber = waits.next_fiber();
        let Some(fork) = begun(state, shared, fiber) else {
            return NO_MEMORY;
        };
        waits.forks.borrow_mut().push(fork);
        ffi::lua_pushboolean(state, 1);
        ffi::lua_pushnumber(state, fiber.into());
    }
    2
}

/// `stop(fiber)`: the fiber's wait ends with the error that it is cancelled.
unsafe extern "C-unwind" fn stop(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `wait.lua` calls with what `fork` gave.
    unsafe {
        let fiber = ffi::lua_tonumber(state, 1) as u32;
        vm_state(state).running.waits.ended.borrow_mut().push(fiber);
    }
    0
}

/// `spawn(f, ...)`: begins a function in the background. Gives whether there was room for one more.
unsafe extern "C-unwind" fn spawn(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `wait.lua` calls with a function. `begun` moves all
    // values away, so that there is room for the answer.
    unsafe {
        let shared = vm_state(state);
        let background = &shared.coroutines.background;
        let place = innermost(state, 1).unwrap_or_default();
        let room = background.get() < shared.program.options.max_background;
        if room {
            let Some(fork) = begun(state, shared, 0) else {
                return NO_MEMORY;
            };
            background.set(background.get() + 1);
            shared.coroutines.spawned.borrow_mut().push(Spawned {
                fork,
                place,
                is_counted: true,
            });
        }
        ffi::lua_pushboolean(state, room.into());
    }
    1
}

/// A coroutine with the native's arguments on its stack, the first of which is a function.
///
/// # Safety
/// In a contained native.
unsafe fn begun(state: *mut lua_State, shared: &VmState, fiber: u32) -> Option<Fork> {
    // SAFETY: room on both stacks is seen to. The values are moved between threads of one state.
    unsafe {
        let values = ffi::lua_gettop(state);
        if ffi::lua_checkstack(state, 8) == 0 {
            return None;
        }
        let seat = seats::take(state, shared)?;
        if ffi::lua_checkstack(seat.thread, values + 8) == 0 {
            seats::give_back(state, shared, seat);
            return None;
        }
        ffi::lua_xmove(state, seat.thread, values);
        Some(Fork {
            seat,
            arguments: values - 1,
            fiber,
        })
    }
}
