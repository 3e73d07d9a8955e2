//! The natives of `session.lua` for sessions that are kept on a server. Each waits; the version of a session is its text.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use smallvec::SmallVec;

use crate::crypto::random;
use crate::remote::Remote;
use crate::remote::store::When;
use crate::sessions::kept::{Id, content, written};
use crate::sessions::{FORM_SECRET, Sessions, now};
use crate::stores::write::Lifetime;
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::remote::stores::wait_for;
use crate::vm::sessions::natives::{cookies, exactly, sessions};
use crate::vm::state::vm::VmState;
use crate::wait::operation::Given;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 5] = [
    (c"remote_session_load", load),
    (c"remote_session_create", create),
    (c"remote_session_read", read),
    (c"remote_session_replace", replace),
    (c"remote_session_delete", delete),
];

/// So many cookies of one name are looked at.
const MOST_COOKIES: usize = 4;

/// The server and the program's sessions. `session.lua` has seen to it that there are some.
///
/// # Safety
/// In a contained native; what is borrowed is not used after it.
unsafe fn here<'a>(state: *mut lua_State) -> (&'a VmState, Option<(Remote, &'a Sessions)>) {
    // SAFETY: the caller is a contained native.
    let (shared, sessions) = unsafe { (vm_state(state), sessions(state)) };
    (shared, shared.remote.clone().zip(sessions))
}

/// `remote_session_load()`: as `session_load`.
unsafe extern "C-unwind" fn load(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that is called in a request.
    unsafe {
        let (shared, Some((remote, sessions))) = here(state) else {
            return 0;
        };
        let values = cookies(state, &sessions.options.name);
        let ids = values.filter_map(|value| sessions.name_in(value));
        let ids: SmallVec<[(Id, bool); 1]> = ids.take(MOST_COOKIES).collect();
        if ids.is_empty() {
            ffi::lua_pushboolean(state, 1);
            return 1;
        }
        let (ttl, room) = (sessions.options.ttl, shared.room());
        wait_for(state, shared, async move {
            for (id, is_old) in ids {
                let key = remote.key_of_session(&id);
                let Some(text) = remote.clone().get(key, room).await? else {
                    continue;
                };
                let Some(content) = content(ttl, &text, now()) else {
                    continue;
                };
                return Ok(Given::Several(vec![
                    Given::Bytes(content.data),
                    Given::Bytes(content.form_secret.to_vec()),
                    Given::Boolean(content.is_due || is_old),
                    Given::Bytes(id.to_vec()),
                    Given::Bytes(text),
                ]));
            }
            Ok(Given::Nothing)
        })
    }
}

/// `remote_session_create(form_secret, data)`: the value of the cookie.
unsafe extern "C-unwind" fn create(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with two texts.
    unsafe {
        let (shared, Some((remote, sessions))) = here(state) else {
            return 0;
        };
        let Some(secret) = exactly::<FORM_SECRET>(state, 1) else {
            return 0;
        };
        let data = bytes(state, 2).unwrap_or_default();
        let id: Id = random::bytes();
        let (key, text) = (remote.key_of_session(&id), written(&secret, data, now()));
        let lifetime = Lifetime::Milliseconds(sessions.options.ttl);
        let name = sessions.name(&id);
        wait_for(state, shared, async move {
            remote.set(key, text, lifetime, When::Always).await?;
            Ok(Given::Bytes(name.into_bytes()))
        })
    }
}

/// `remote_session_read(id)`: as `session_read`.
unsafe extern "C-unwind" fn read(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text.
    unsafe {
        let (shared, Some((remote, sessions))) = here(state) else {
            return 0;
        };
        let Some(id) = exactly::<{ size_of::<Id>() }>(state, 1) else {
            return 0;
        };
        let (ttl, room) = (sessions.options.ttl, shared.room());
        wait_for(state, shared, async move {
            let key = remote.key_of_session(&id);
            let text = remote.get(key, room).await?.unwrap_or_default();
            Ok(match content(ttl, &text, now()) {
                None => Given::Nothing,
                Some(content) => {
                    Given::Several(vec![Given::Bytes(content.data), Given::Bytes(text)])
                }
            })
        })
    }
}

/// `remote_session_replace(id, version, data, renews)`: whether it was written.
unsafe extern "C-unwind" fn replace(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with three texts and a boolean.
    unsafe {
        let (shared, Some((remote, sessions))) = here(state) else {
            return 0;
        };
        let Some(id) = exactly::<{ size_of::<Id>() }>(state, 1) else {
            return 0;
        };
        let before = bytes(state, 2).unwrap_or_default().to_vec();
        let data = bytes(state, 3).unwrap_or_default();
        let renews = ffi::lua_toboolean(state, 4) != 0;
        let replaced = sessions.replaced(&before, (data, renews), now());
        let key = remote.key_of_session(&id);
        wait_for(state, shared, async move {
            let Some((text, lifetime)) = replaced else {
                return Ok(Given::Boolean(false));
            };
            let done = remote.set(key, text, lifetime, When::Same(before)).await?;
            Ok(Given::Boolean(done))
        })
    }
}

/// `remote_session_delete(id, version)`: as `session_delete`.
unsafe extern "C-unwind" fn delete(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text, and a text or nil.
    unsafe {
        let (shared, Some((remote, _))) = here(state) else {
            return 0;
        };
        let Some(id) = exactly::<{ size_of::<Id>() }>(state, 1) else {
            return 0;
        };
        let same = match ffi::lua_type(state, 2) {
            ffi::LUA_TSTRING => bytes(state, 2).map(<[u8]>::to_vec),
            _ => None,
        };
        let key = remote.key_of_session(&id);
        wait_for(state, shared, async move {
            Ok(Given::Boolean(remote.delete(key, same).await?))
        })
    }
}
