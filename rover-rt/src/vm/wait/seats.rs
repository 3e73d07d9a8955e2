//! The coroutines that handlers run in. Each has a seat: an entry in a table of the registry, which
//! keeps it alive and holds what its request has in Lua while it waits.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use crate::vm::native::stack::push;
use crate::vm::state::vm::VmState;
use crate::vm::state::waits::Seat;

/// The registry's table of seats.
pub(crate) const SEATS: &str = "rover.seats";

/// The registry's table that has these coroutines as its keys.
pub(crate) const FIBERS: &str = "rover.fibers";

// What a seat's table holds.
pub(crate) const THREAD: c_int = 1;
pub(crate) const CTX: c_int = 2;
pub(crate) const KEPT: c_int = 3;
pub(crate) const PENDING: c_int = 4;

/// So many coroutines that have finished are kept for others.
const KEPT_COROUTINES: usize = 256;
/// A new one takes less than this.
const COROUTINE_BYTES: usize = 4 << 10;

/// Takes a coroutine that runs nothing; none where there is no memory for one.
///
/// # Safety
/// `state` is the running thread, in a contained native, or outside of any call; memory is
/// relaxed, and there are eight free slots.
pub(crate) unsafe fn take(state: *mut lua_State, shared: &VmState) -> Option<Seat> {
    let coroutines = &shared.coroutines;
    if let Some(seat) = coroutines.free.borrow_mut().pop() {
        return Some(seat);
    }
    // SAFETY: the caller has relaxed memory.
    if !unsafe { shared.memory.makes_room(state, COROUTINE_BYTES) } {
        return None;
    }
    let number = coroutines.gone.borrow_mut().pop().unwrap_or_else(|| {
        let made = coroutines.made.get() + 1;
        coroutines.made.set(made);
        made
    });
    // SAFETY: three tables, the thread, and it once more with a boolean take six of the free slots.
    // The thread is kept by the new table, and that by the table of seats. All are popped.
    unsafe {
        push(state, SEATS.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_createtable(state, PENDING, 0);
        let thread = ffi::lua_newthread(state);
        push(state, FIBERS.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_pushboolean(state, 1);
        ffi::lua_rawset(state, -3);
        ffi::lua_pop(state, 1);
        ffi::lua_rawseti(state, -2, THREAD.into());
        ffi::lua_rawseti(state, -2, number.into());
        ffi::lua_pop(state, 1);
        Some(Seat { number, thread })
    }
}

/// Gives back a coroutine that has finished, or was never resumed.
///
/// # Safety
/// The coroutine runs nothing, is not suspended, and no error has ended it.
pub(crate) unsafe fn give_back(state: *mut lua_State, shared: &VmState, seat: Seat) {
    // SAFETY: the coroutine lives, as its seat keeps it, and runs nothing.
    unsafe { ffi::lua_settop(seat.thread, 0) };
    let mut free = shared.coroutines.free.borrow_mut();
    if free.len() < KEPT_COROUTINES {
        free.push(seat);
        return;
    }
    drop(free);
    // SAFETY: it is in use by nobody from here on.
    unsafe { give_up(state, shared, seat) };
}

/// Lets go of a coroutine that cannot run anything any more: it is suspended, or an error has ended
/// it.
///
/// # Safety
/// `state` is a thread in a contained native or outside of any call, with three free slots, and
/// memory is relaxed. Nobody uses the coroutine any more.
pub(crate) unsafe fn give_up(state: *mut lua_State, shared: &VmState, seat: Seat) {
    // SAFETY: the table and nil take two of the free slots, and are popped. The entry is there, so
    // that setting it allocates nothing.
    unsafe {
        push(state, SEATS.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_pushnil(state);
        ffi::lua_rawseti(state, -2, seat.number.into());
        ffi::lua_pop(state, 1);
    }
    shared.coroutines.gone.borrow_mut().push(seat.number);
}
