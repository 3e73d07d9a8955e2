//! The natives of `session.lua`, which calls them in a request, with what they expect.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::sessions::SessionStore;

use crate::crypto::random;
use crate::sessions::kept::{Id, new_id, row_of};
use crate::sessions::{Content, FORM_SECRET, Sessions, now};
use crate::vm::native::raise::NO_MEMORY;
use crate::vm::native::stack::{bytes, push, running, vm_state};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 17] = [
    (c"session_settings", settings),
    (c"session_load", load),
    (c"session_seal", seal),
    (c"session_create", create),
    (c"session_read", read),
    (c"session_replace", replace),
    (c"session_delete", delete),
    (c"session_name", name),
    (c"session_names", names),
    (c"session_id", new),
    (c"session_row", row),
    (c"session_now", unix_now),
    (c"form_secret", form_secret),
    (c"form_load", form_load),
    (c"form_cookie", form_cookie),
    (c"form_token", form_token),
    (c"form_accepts", form_accepts),
];

/// A request with more cookies of the session's name is somebody's trick.
const MOST_NAMES: usize = 4;

/// The program's sessions: `session.lua` has seen to it that there are some.
///
/// # Safety
/// In a native that `register` has made; what is borrowed is not used after it.
pub(super) unsafe fn sessions<'a>(state: *mut lua_State) -> Option<&'a Sessions> {
    // SAFETY: the caller is such a native.
    unsafe { vm_state(state).sessions.get() }
}

/// A text of a known length.
///
/// # Safety
/// In a native, with a text at this index.
pub(super) unsafe fn exactly<const N: usize>(
    state: *mut lua_State,
    index: c_int,
) -> Option<[u8; N]> {
    // SAFETY: the caller's text stays on the stack while it is copied.
    unsafe { bytes(state, index) }?.try_into().ok()
}

/// The values of the request's cookies with a name, in their order: of two with one name that counts which this
/// server has made.
///
/// # Safety
/// In a native that a request calls; what is borrowed is not used after it.
pub(super) unsafe fn cookies(state: *mut lua_State, name: &str) -> impl Iterator<Item = &[u8]> {
    // SAFETY: the caller is such a native.
    let (_, call) = unsafe { running(state) };
    let all = call.request.headers.cookies();
    all.filter_map(move |(found, value)| (*found == *name.as_bytes()).then_some(value))
}

/// `session_settings()`: nothing without the option; the cookie's name, the seconds that it lives, `SameSite`, whether
/// it is secure (nil for as the request came), whether the cookie has a name alone, the name of the cookie for forms, whether
/// the store is on a server that is waited for.
unsafe extern "C-unwind" fn settings(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. The results take seven of its free slots.
    unsafe {
        let Some(sessions) = sessions(state) else {
            return 0;
        };
        let options = &sessions.options;
        push(state, options.name.as_bytes());
        ffi::lua_pushnumber(state, (options.ttl / 1000) as f64);
        push(state, options.same_site.text().as_bytes());
        match options.secure {
            Some(secure) => ffi::lua_pushboolean(state, secure.into()),
            None => ffi::lua_pushnil(state),
        }
        let is_named = options.store != SessionStore::Cookie;
        ffi::lua_pushboolean(state, is_named.into());
        push(state, sessions.form_cookie.as_bytes());
        let waits = options.store == SessionStore::Shared && vm_state(state).is_elsewhere();
        ffi::lua_pushboolean(state, waits.into());
    }
    7
}

/// Pushes data, the secret of forms, and whether it is to be renewed.
///
/// # Safety
/// In a contained native with three free slots.
unsafe fn push_content(state: *mut lua_State, content: &Content) {
    // SAFETY: the caller has seen to the slots; the texts are copied.
    unsafe {
        push(state, &content.data);
        push(state, &content.form_secret);
        ffi::lua_pushboolean(state, content.is_due.into());
    }
}

/// `session_load()`: nothing where the request has no session; its data, the secret of forms, whether it is to be renewed,
/// and of one in the store its name and version.
unsafe extern "C-unwind" fn load(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that is called in a request. The results take five of its free slots.
    unsafe {
        let Some(sessions) = sessions(state) else {
            return 0;
        };
        let now = now();
        let mut values = cookies(state, &sessions.options.name);
        if sessions.options.store == SessionStore::Cookie {
            let Some(content) = values.find_map(|value| sessions.open(value, now)) else {
                return 0;
            };
            push_content(state, &content);
            return 3;
        }
        let Some((id, kept)) = values.find_map(|value| sessions.named(value, now)) else {
            return 0;
        };
        if kept.content.data.len() > vm_state(state).room() {
            return NO_MEMORY;
        }
        push_content(state, &kept.content);
        push(state, &id);
        ffi::lua_pushnumber(state, kept.version as f64);
    }
    5
}

/// `session_seal(form_secret, data)`: the value of the cookie.
unsafe extern "C-unwind" fn seal(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with two texts. The result takes a free slot.
    unsafe {
        let secret = exactly::<FORM_SECRET>(state, 1);
        let data = bytes(state, 2).unwrap_or_default();
        let (Some(sessions), Some(secret)) = (sessions(state), secret) else {
            return 0;
        };
        push(state, sessions.seal(&secret, data, now()).as_bytes());
    }
    1
}

/// `session_create(form_secret, data)`: the value of the cookie; nil and why there is none.
unsafe extern "C-unwind" fn create(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with two texts. The results take two of the free slots.
    unsafe {
        let secret = exactly::<FORM_SECRET>(state, 1);
        let data = bytes(state, 2).unwrap_or_default();
        let (Some(sessions), Some(secret)) = (sessions(state), secret) else {
            return 0;
        };
        match sessions.create(&secret, data, now()) {
            Ok(id) => push(state, sessions.name(&id).as_bytes()),
            Err(error) => {
                ffi::lua_pushnil(state);
                push(state, error.to_string().as_bytes());
                return 2;
            }
        }
    }
    1
}

/// `session_read(id)`: nothing where it has ended; its data and its version.
unsafe extern "C-unwind" fn read(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text. The results take two of the free slots.
    unsafe {
        let id = exactly(state, 1);
        let (Some(sessions), Some(id)) = (sessions(state), id) else {
            return 0;
        };
        let Some(kept) = sessions.kept(&id, now()) else {
            return 0;
        };
        if kept.content.data.len() > vm_state(state).room() {
            return NO_MEMORY;
        }
        push(state, &kept.content.data);
        ffi::lua_pushnumber(state, kept.version as f64);
    }
    2
}

/// `session_replace(id, version, data, renews)`: whether it was written; nil and why it cannot be.
unsafe extern "C-unwind" fn replace(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text, a number, a text and a boolean. The results take two of the
    // free slots.
    unsafe {
        let id: Option<Id> = exactly(state, 1);
        let version = ffi::lua_tonumber(state, 2) as u64;
        let data = bytes(state, 3).unwrap_or_default();
        let renews = ffi::lua_toboolean(state, 4) != 0;
        let (Some(sessions), Some(id)) = (sessions(state), id) else {
            return 0;
        };
        match sessions.replace(&id, version, (data, renews), now()) {
            Ok(written) => ffi::lua_pushboolean(state, written.into()),
            Err(error) => {
                ffi::lua_pushnil(state);
                push(state, error.to_string().as_bytes());
                return 2;
            }
        }
    }
    1
}

/// `session_delete(id, version)`: whether it was there; without a version whatever it has.
unsafe extern "C-unwind" fn delete(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text and a number or nil. The result takes a free slot.
    unsafe {
        let id: Option<Id> = exactly(state, 1);
        let has_version = ffi::lua_type(state, 2) == ffi::LUA_TNUMBER;
        let version = has_version.then(|| ffi::lua_tonumber(state, 2) as u64);
        let (Some(sessions), Some(id)) = (sessions(state), id) else {
            return 0;
        };
        ffi::lua_pushboolean(state, sessions.delete(&id, version).into());
    }
    1
}

/// `session_name(id)`: the value of the cookie that names it.
unsafe extern "C-unwind" fn name(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text. The result takes a free slot.
    unsafe {
        let id = exactly(state, 1);
        let (Some(sessions), Some(id)) = (sessions(state), id) else {
            return 0;
        };
        push(state, sessions.name(&id).as_bytes());
    }
    1
}

/// `session_names()`: of each cookie of this server's the name in it, and whether it is to be renewed.
unsafe extern "C-unwind" fn names(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that is called in a request. `lua_checkstack` sees to the slots.
    unsafe {
        let Some(sessions) = sessions(state) else {
            return 0;
        };
        let values = cookies(state, &sessions.options.name);
        let found: Vec<(Id, bool)> = values.filter_map(|value| sessions.name_in(value)).collect();
        let found = &found[..found.len().min(MOST_NAMES)];
        if ffi::lua_checkstack(state, 2 * MOST_NAMES as c_int + 2) == 0 {
            return 0;
        }
        for (id, is_old) in found {
            push(state, id);
            ffi::lua_pushboolean(state, (*is_old).into());
        }
        2 * found.len() as c_int
    }
}

/// `session_id()`: a new name.
unsafe extern "C-unwind" fn new(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. The result takes a free slot.
    unsafe { push(state, &new_id()) };
    1
}

/// `session_row(id)`: what stands for a name in a database.
unsafe extern "C-unwind" fn row(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text. The result takes a free slot.
    unsafe {
        let Some(id) = exactly(state, 1) else {
            return 0;
        };
        push(state, row_of(&id).as_bytes());
    }
    1
}

/// `session_now()`: Unix seconds.
unsafe extern "C-unwind" fn unix_now(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. The result takes a free slot.
    unsafe { ffi::lua_pushnumber(state, now() as f64) };
    1
}

/// `form_secret()`: a new one.
unsafe extern "C-unwind" fn form_secret(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native. The result takes a free slot.
    unsafe { push(state, &random::bytes::<FORM_SECRET>()) };
    1
}

/// `form_load()`: the secret in the request's cookie for forms, or nothing.
unsafe extern "C-unwind" fn form_load(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that is called in a request. The result takes a free slot.
    unsafe {
        let Some(sessions) = sessions(state) else {
            return 0;
        };
        let mut values = cookies(state, &sessions.form_cookie);
        let Some(secret) = values.find_map(|value| sessions.form_secret(value)) else {
            return 0;
        };
        push(state, &secret);
    }
    1
}

/// `form_cookie(secret)`: the value of the cookie for forms.
unsafe extern "C-unwind" fn form_cookie(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text. The result takes a free slot.
    unsafe {
        let secret = exactly(state, 1);
        let (Some(sessions), Some(secret)) = (sessions(state), secret) else {
            return 0;
        };
        push(state, sessions.form_cookie_value(&secret).as_bytes());
    }
    1
}

/// `form_token(secret)`: a token.
unsafe extern "C-unwind" fn form_token(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with a text. The result takes a free slot.
    unsafe {
        let secret = exactly(state, 1);
        let (Some(sessions), Some(secret)) = (sessions(state), secret) else {
            return 0;
        };
        push(state, sessions.token(&secret).as_bytes());
    }
    1
}

/// `form_accepts(secret, token)`: whether a token was made of a secret.
unsafe extern "C-unwind" fn form_accepts(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with two texts. The result takes a free slot.
    unsafe {
        let secret = exactly(state, 1);
        let token = bytes(state, 2).unwrap_or_default();
        let (Some(sessions), Some(secret)) = (sessions(state), secret) else {
            return 0;
        };
        ffi::lua_pushboolean(state, sessions.accepts(&secret, token).into());
    }
    1
}
