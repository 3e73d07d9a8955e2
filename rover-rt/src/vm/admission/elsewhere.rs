//! The natives of hooks that let requests in, where a server counts them and keeps their answers: see `admission.lua`.

use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::remote::limit::client;
use crate::remote::replay::Begun;
use crate::vm::admission::gate::{Keyed, asked, replayed, still_runs};
use crate::vm::admission::natives::ask;
use crate::vm::native::stack::vm_state;
use crate::vm::remote::stores::wait_for;
use crate::wait::operation::Given;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 5] = [
    (c"remote_limit_ask", limit_ask),
    (c"remote_limit_stands", limit_stands),
    (c"remote_limit_is_open", limit_is_open),
    (c"remote_key_begins", key_begins),
    (c"remote_key_begun", key_begun),
];

/// `remote_limit_ask(number, name)`: waits; whether the client is let in, and by how much it was ahead.
unsafe extern "C-unwind" fn limit_ask(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `admission.lua` calls so, in a hook.
    unsafe {
        let shared = vm_state(state);
        let asked = ask(state, |shared, request, number, name| {
            let limit = shared.admission.limit(number)?;
            let remote = shared.remote.as_ref()?;
            Some(remote.ask_limit(&limit, &client(request.client(), name)))
        });
        let Some(asked) = asked else {
            return 0;
        };
        wait_for(state, shared, async move {
            let stood = asked.await?;
            Ok(Given::Several(vec![
                Given::Boolean(stood.is_let_in),
                Given::Number(stood.ahead),
            ]))
        })
    }
}

/// `remote_limit_stands(number, is_let_in, ahead)`: the answer will say how the client stands.
unsafe extern "C-unwind" fn limit_stands(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `admission.lua` calls with a number, a boolean and a number.
    unsafe {
        let shared = vm_state(state);
        let limit = shared.admission.limit(ffi::lua_tonumber(state, 1) as usize);
        let is_let_in = ffi::lua_toboolean(state, 2) != 0;
        let ahead = ffi::lua_tonumber(state, 3);
        if let Some(limit) = limit {
            let standing = limit.standing(is_let_in, ahead);
            shared.running.admitted.stands(limit, standing);
        }
    }
    0
}

/// `remote_limit_is_open(number)`: whether requests are let in while the server does not answer.
unsafe extern "C-unwind" fn limit_is_open(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `admission.lua` calls with a number. The result takes a free slot.
    unsafe {
        let number = ffi::lua_tonumber(state, 1) as usize;
        let limit = vm_state(state).admission.limit(number);
        let is_open = limit.is_none_or(|limit| limit.options.is_open);
        ffi::lua_pushboolean(state, is_open.into());
    }
    1
}

/// `remote_key_begins(number, name)`: what becomes of a request without a key, as a number; or it waits for what the server
/// says of one with a key, of which `remote_key_begun` tells.
unsafe extern "C-unwind" fn key_begins(state: *mut lua_State) -> c_int {
    // SAFETY: as in `limit_ask`. The result takes a free slot.
    unsafe {
        let shared = vm_state(state);
        let asked = match ask(state, asked) {
            Ok(asked) => asked,
            Err(keyed) => {
                ffi::lua_pushnumber(state, f64::from(keyed as u8));
                return 1;
            }
        };
        let Some(remote) = shared.remote.clone() else {
            return 0;
        };
        let coming = Rc::new(RefCell::new(None));
        shared.running.admitted.expect(Rc::clone(&coming));
        let room = shared.memory.free();
        wait_for(state, shared, async move {
            let begun = remote.begin_request(asked.key, asked.request, asked.ttl, room);
            coming.replace(Some(begun.await?));
            Ok(Given::Nothing)
        })
    }
}

/// `remote_key_begun()`: what becomes of the request, as a number.
unsafe extern "C-unwind" fn key_begun(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. The result takes a free slot.
    unsafe {
        let shared = vm_state(state);
        let admitted = &shared.running.admitted;
        let keyed = match admitted.take_expected() {
            // It is there: the server has answered.
            None => Keyed::Runs,
            Some(Begun::First(held)) => {
                admitted.holds_elsewhere(held);
                Keyed::Runs
            }
            Some(Begun::Answered(kept)) => replayed(shared, *kept),
            Some(Begun::Running) => still_runs(shared),
            Some(Begun::Other) => Keyed::Other,
            Some(Begun::NotKept) => Keyed::NotKept,
        };
        ffi::lua_pushnumber(state, f64::from(keyed as u8));
    }
    1
}
