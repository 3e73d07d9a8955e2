//! The natives of `rover.cache` where its values are on a server.
//!
//! Of the process one asks the server, with the ticket of the cache in memory, which keeps nothing: the others wait for what
//! it is given.

use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::remote::Remote;
use crate::remote::cache::Asked as RemoteAsked;
use crate::stores::cache::{Asked, wait};
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::remote::stores::wait_for;
use crate::vm::remote::values::encoded;
use crate::vm::state::stores::RemoteTicket;
use crate::vm::state::vm::VmState;
use crate::vm::stores::cache::{MAKE, VALUE, told};
use crate::vm::stores::encoded::pack;
use crate::vm::wait::outcome::push_error;
use crate::wait::operation::Given;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 6] = [
    (c"remote_cache_ask", ask),
    (c"remote_cache_finish", finish),
    (c"remote_cache_fail", fail),
    (c"remote_cache_leave", leave),
    (c"remote_cache_delete", delete),
    (c"remote_cache_clear", clear),
];

/// The server, and the name of the cache whose number is the first argument.
///
/// # Safety
/// In a contained native with a number as its first argument.
unsafe fn named<'a>(state: *mut lua_State) -> (&'a VmState, Option<(Remote, String)>) {
    // SAFETY: a number is read.
    let (shared, number) = unsafe { (vm_state(state), ffi::lua_tonumber(state, 1) as u32) };
    let name = shared.stores.cache_name(number);
    (shared, shared.remote.clone().zip(name))
}

/// `remote_cache_ask(cache, key)`: what the caller is told, and the bytes of the value, or the number of the one that
/// it makes.
unsafe extern "C-unwind" fn ask(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a text.
    unsafe {
        let (shared, Some((remote, name))) = named(state) else {
            return 0;
        };
        let Some(cache) = shared.stores.cache(ffi::lua_tonumber(state, 1) as u32) else {
            return 0;
        };
        let key = bytes(state, 2).unwrap_or_default().to_vec();
        let ticket = match cache.ask(&key) {
            Asked::Make(ticket) => ticket,
            Asked::Wait(others) => {
                return wait_for(state, shared, async move { Ok(told(wait(others).await)) });
            }
            // It keeps nothing: this is an old one, while another makes a new one.
            Asked::Value(old) => {
                return wait_for(state, shared, async move {
                    Ok(Given::Several(vec![
                        Given::Number(VALUE),
                        Given::Bytes(old),
                    ]))
                });
            }
        };
        let (stale, room) = (cache.stale(), shared.room());
        let number = shared.stores.next();
        let coming = Rc::new(RefCell::new(None));
        shared
            .running
            .waits
            .making
            .expect(number, Rc::clone(&coming));
        wait_for(state, shared, async move {
            match remote.ask_cache(name, key, stale, room).await? {
                RemoteAsked::Value(value) => {
                    ticket.give(&value);
                    Ok(Given::Several(vec![
                        Given::Number(VALUE),
                        Given::Bytes(value),
                    ]))
                }
                RemoteAsked::Make(mut making) => {
                    if let Some(old) = making.old.take() {
                        ticket.give_old(&old);
                    }
                    coming.replace(Some(RemoteTicket { ticket, making }));
                    Ok(Given::Several(vec![
                        Given::Number(MAKE),
                        Given::Number(number.into()),
                    ]))
                }
            }
        })
    }
}

/// The value that the request makes whose number is the first argument.
///
/// # Safety
/// In a contained native with a number as its first argument.
unsafe fn take(state: *mut lua_State, shared: &VmState) -> Option<RemoteTicket> {
    // SAFETY: a number is read.
    let number = unsafe { ffi::lua_tonumber(state, 1) as u32 };
    shared.running.waits.making.take_remote(number)
}

/// `remote_cache_finish(number, value, milliseconds)`: waits until the server has the value.
unsafe extern "C-unwind" fn finish(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with two numbers and a value in between.
    unsafe {
        let shared = vm_state(state);
        let ticket = take(state, shared);
        let time = ffi::lua_tonumber(state, 3) as u64;
        let value = match ffi::lua_type(state, 2) {
            ffi::LUA_TNIL => Vec::new(),
            _ => match encoded(state, shared, 2) {
                Ok(value) => value,
                Err(error) => return push_error(state, &error),
            },
        };
        let Some(RemoteTicket { ticket, making }) = ticket else {
            ffi::lua_pushboolean(state, 1);
            return 1;
        };
        let (stale, is_kept) = (ticket.stale(), ticket.has_room_for(&value));
        ticket.give(&value);
        // A value that is larger than the cache is given and not kept.
        if !is_kept {
            ffi::lua_pushboolean(state, 1);
            return 1;
        }
        let finished = making.finish(value, (time, stale));
        wait_for(state, shared, async move {
            finished.await;
            Ok(Given::Nothing)
        })
    }
}

/// `remote_cache_fail(number, error)`: those of this process who wait get this error, too.
unsafe extern "C-unwind" fn fail(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a value, which is on top.
    unsafe {
        let shared = vm_state(state);
        let waits = &shared.running.waits;
        let ticket = take(state, shared);
        let mut out = Vec::new();
        ffi::lua_settop(state, 2);
        let is_over = waits.cancelled.get() || shared.is_late();
        if !is_over
            && pack(state, shared, &mut out).is_ok()
            && let Some(ticket) = ticket
        {
            ticket.ticket.fail(&out);
        }
    }
    0
}

/// `remote_cache_leave(number)`: another makes the value.
unsafe extern "C-unwind" fn leave(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number.
    unsafe { drop(take(state, vm_state(state))) };
    0
}

/// `remote_cache_delete(cache, key)`: whether it was there.
unsafe extern "C-unwind" fn delete(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number and a text.
    unsafe {
        let (shared, Some((remote, name))) = named(state) else {
            return 0;
        };
        let key = bytes(state, 2).unwrap_or_default().to_vec();
        wait_for(state, shared, async move {
            Ok(Given::Boolean(remote.delete_cached(name, key).await?))
        })
    }
}

/// `remote_cache_clear(cache)`
unsafe extern "C-unwind" fn clear(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `stores.lua` calls with a number.
    unsafe {
        let (shared, Some((remote, name))) = named(state) else {
            return 0;
        };
        wait_for(state, shared, async move {
            remote.clear_cached(name).await?;
            Ok(Given::Nothing)
        })
    }
}
