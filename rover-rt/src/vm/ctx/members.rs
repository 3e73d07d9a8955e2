//! The parts of a request, as `ctx.lua` asks for them.
//!
//! They read the request that runs. Whether a ctx is that one's is seen in `ctx.lua`.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::message::decode::{cookie_text, form_pairs, header_text};
use crate::message::request::RequestData;
use crate::program::Part;
use crate::vm::native::stack::{lossy, mark_array, push, running, set_field};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 8] = [
    (c"field", field),
    (c"params", params),
    (c"query", query),
    (c"query_all", query_all),
    (c"headers", headers),
    (c"header_all", header_all),
    (c"cookies", cookies),
    (c"body", body),
];

/// # Safety
/// In a native that `register` has made; what is borrowed is not used after it.
unsafe fn request<'a>(state: *mut lua_State) -> &'a RequestData<'a> {
    // SAFETY: the caller is a native that `register` has made, and keeps no reference after it
    // has ended.
    let (_, call) = unsafe { running(state) };
    call.request
}

/// A field of a ctx, by its number.
unsafe extern "C-unwind" fn field(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request with a number: one of its
    // 20 free slots is used, and memory is relaxed, so that nothing raises an error. Lua copies
    // the bytes, which live in this block.
    unsafe {
        let part = Part::numbered(ffi::lua_tointeger(state, 1) as i32);
        let Some(text) = part.and_then(|part| request(state).part(part)) else {
            return 0;
        };
        push(state, &text);
    }
    1
}

unsafe extern "C-unwind" fn params(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request. The table and a pair
    // take three of its 20 free slots, and memory is relaxed, so that nothing raises an error.
    // Names and values belong to the request.
    unsafe {
        let request = request(state);
        ffi::lua_createtable(state, 0, request.params.len() as c_int);
        for param in request.params {
            set_field(state, param.name.as_bytes(), request.path.param(param));
        }
    }
    1
}

unsafe extern "C-unwind" fn query(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request. The table and a pair
    // take three of its 20 free slots, and memory is relaxed, so that nothing raises an error.
    // Lua copies each text before it is dropped.
    unsafe {
        ffi::lua_createtable(state, 0, 4);
        for (name, value) in form_pairs(request(state).query.as_bytes()) {
            set_field(state, name.as_bytes(), value.as_bytes());
        }
    }
    1
}

unsafe extern "C-unwind" fn query_all(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request with a name as second
    // argument. The list takes two of its 20 free slots, and memory is relaxed, so that nothing
    // raises an error.
    unsafe {
        let wanted = lossy(state, 2);
        let query = request(state).query.as_bytes();
        let values = form_pairs(query).filter(|(name, _)| *name == wanted);
        list(state, values.map(|(_, value)| value.into_owned()));
    }
    1
}

/// Pushes a list of strings that is an array in JSON even when it is empty.
///
/// # Safety
/// In a native, in a protected call.
unsafe fn list(state: *mut lua_State, values: impl Iterator<Item = impl AsRef<[u8]>>) {
    // SAFETY: the caller is a contained native with three free slots. The table is below the
    // string, which `lua_rawseti` pops, and on top when it is marked. Lua copies the bytes.
    unsafe {
        ffi::lua_createtable(state, 2, 0);
        for (at, value) in values.enumerate() {
            push(state, value.as_ref());
            ffi::lua_rawseti(state, -2, at as i64 + 1);
        }
        mark_array(state);
    }
}

unsafe extern "C-unwind" fn headers(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request. The table and a pair
    // take three of its 20 free slots, and memory is relaxed, so that nothing raises an error.
    // Lua copies each text before it is dropped.
    unsafe {
        let headers = request(state).headers;
        ffi::lua_createtable(state, 0, 8);
        for name in headers.names() {
            if let Some(value) = headers.joined(name) {
                set_field(state, name.to_ascii_lowercase().as_bytes(), &value);
            }
        }
    }
    1
}

unsafe extern "C-unwind" fn header_all(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request with a name as second
    // argument. The list takes two of its 20 free slots, and memory is relaxed, so that nothing
    // raises an error.
    unsafe {
        let wanted = lossy(state, 2);
        let values = request(state).headers.get_all(&wanted);
        list(state, values.map(header_text));
    }
    1
}

unsafe extern "C-unwind" fn cookies(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request. The table and a pair
    // take three of its 20 free slots, and memory is relaxed, so that nothing raises an error
    // and the list of cookies is dropped.
    unsafe {
        ffi::lua_createtable(state, 0, 2);
        let sent: Vec<_> = request(state).headers.cookies().collect();
        // Of two of one name the first counts (RFC 6265, section 5.4): it is set last.
        for (name, value) in sent.into_iter().rev() {
            set_field(state, &name, &cookie_text(value));
        }
    }
    1
}

unsafe extern "C-unwind" fn body(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native of a ctx, called in a request: one of its 20 free
    // slots is used, and memory is relaxed, so that nothing raises an error. Lua copies the
    // bytes, which the request holds.
    unsafe {
        let Some(body) = request(state).body else {
            return 0;
        };
        push(state, body);
    }
    1
}
