//! What a request has in Lua besides its coroutines: its ctx, and the values that its lists wait for. They stand
//! where the runtime looks for those of the running request while it runs, and in its seat while
//! it waits.

use mlua::ffi;

use crate::vm::run::thread::{HANDLERS, LAST_CTX, PENDING, RUNNING, SEATS};
use crate::vm::run::vm::Vm;
use crate::vm::state::waits::Seat;
use crate::vm::wait::seats;

/// Puts what the running request has in Lua into its seat.
///
/// # Safety
/// The request thread is outside of any call, with five free slots, and memory is relaxed.
pub(crate) unsafe fn detach(vm: &Vm, seat: Seat) {
    let state = vm.state;
    let pending = vm.shared.running.lists.pending.get();
    // SAFETY: the caller has the free slots; no more than five are used at a time. The seat's table
    // is in the table of seats. With memory relaxed nothing raises an error.
    unsafe {
        let top = ffi::lua_gettop(state);
        ffi::lua_rawgeti(state, SEATS, seat.number.into());
        ffi::lua_rawgeti(state, HANDLERS, 0);
        if ffi::lua_type(state, -1) == ffi::LUA_TTABLE {
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawget(state, RUNNING);
            // Slots: seat, ctx, kept. A ctx that has ended has nothing that is kept.
            if ffi::lua_type(state, -1) == ffi::LUA_TTABLE {
                ffi::lua_rawseti(state, top + 1, seats::KEPT.into());
                ffi::lua_pushvalue(state, -1);
                ffi::lua_pushnil(state);
                ffi::lua_rawset(state, RUNNING);
                ffi::lua_rawseti(state, top + 1, seats::CTX.into());
                ffi::lua_pushnil(state);
                ffi::lua_rawseti(state, HANDLERS, 0);
            }
        }
        ffi::lua_settop(state, top + 1);
        if pending > 0 {
            ffi::lua_createtable(state, pending, 0);
            for value in 1..=pending {
                ffi::lua_rawgeti(state, PENDING, value.into());
                ffi::lua_rawseti(state, -2, value.into());
                ffi::lua_pushnil(state);
                ffi::lua_rawseti(state, PENDING, value.into());
            }
            ffi::lua_rawseti(state, -2, seats::PENDING.into());
        }
        ffi::lua_settop(state, top);
    }
}

/// Puts it back where the runtime looks for it.
///
/// # Safety
/// As for [`detach`], with the request's state as the running one.
pub(crate) unsafe fn attach(vm: &Vm, seat: Seat) {
    let state = vm.state;
    let pending = vm.shared.running.lists.pending.get();
    // SAFETY: as in `detach`.
    unsafe {
        let top = ffi::lua_gettop(state);
        ffi::lua_rawgeti(state, SEATS, seat.number.into());
        ffi::lua_rawgeti(state, top + 1, seats::CTX.into());
        if ffi::lua_type(state, -1) == ffi::LUA_TTABLE {
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawseti(state, HANDLERS, 0);
            ffi::lua_pushvalue(state, -1);
            ffi::lua_rawseti(state, LAST_CTX, 1);
            ffi::lua_rawgeti(state, top + 1, seats::KEPT.into());
            ffi::lua_rawset(state, RUNNING);
        }
        ffi::lua_settop(state, top + 1);
        for kept in [seats::CTX, seats::KEPT] {
            ffi::lua_pushnil(state);
            ffi::lua_rawseti(state, top + 1, kept.into());
        }
        if pending > 0 {
            ffi::lua_rawgeti(state, top + 1, seats::PENDING.into());
            for value in 1..=pending {
                ffi::lua_rawgeti(state, -1, value.into());
                ffi::lua_rawseti(state, PENDING, value.into());
            }
            ffi::lua_pushnil(state);
            ffi::lua_rawseti(state, top + 1, seats::PENDING.into());
        }
        ffi::lua_settop(state, top);
    }
}
