//! What specialised handlers call: reads of the running request by name, without `ctx`,
//! and the writing of templates.
//!
//! The compiler writes these calls only into functions that nothing but the runtime
//! calls, so there is always a running request when they are made.

use std::ffi::{c_int, c_void};

use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use mlua::ffi::{self, lua_CFunction, lua_State};

use super::encode::{Encoder, comma};
use super::guard::raise_by;
use super::native::{push, shared};
use super::respond::not_json;
use super::{Call, Shared, append_string, decode};
use crate::decode::form_pairs;
use crate::program::Piece;
use crate::reply::{HTML, JSON, TEXT};

pub(super) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 13] = [
    (c"method", method),
    (c"path", path),
    (c"client_ip", client_ip),
    (c"request_id", request_id),
    (c"param", param),
    (c"query", query),
    (c"header", header),
    (c"cookie", cookie),
    (c"raw_body", raw_body),
    (c"body_json", body_json),
    (c"reply", reply),
    (c"text", text),
    (c"reply_header", reply_header),
];

/// Its address is what `reply` returns: the answer is written already.
static WRITTEN: u8 = 0;

/// What lowered code returns for such an answer.
pub(super) fn written() -> *mut c_void {
    let written: *const u8 = &raw const WRITTEN;
    written.cast_mut().cast()
}

/// Whether the light userdata on top of the stack stands for a written answer.
///
/// # Safety
/// A light userdata is on top of the stack.
pub(super) unsafe fn is_written(state: *mut lua_State) -> bool {
    let written: *const u8 = &raw const WRITTEN;
    // SAFETY: as the caller's.
    unsafe { ffi::lua_touserdata(state, -1).cast_const() == written.cast() }
}

impl Shared {
    /// The running call.
    pub(super) fn call(&self) -> Option<&Call<'_>> {
        // SAFETY: `protected` sets the pointer for as long as it borrows the call, and
        // only what runs inside it asks.
        unsafe { self.current.get().cast::<Call<'_>>().as_ref() }
    }
}

/// # Safety
/// The running C function has the `Shared` as its first upvalue, and runs in a request.
pub(super) unsafe fn call<'a>(state: *mut lua_State) -> &'a Call<'a> {
    // SAFETY: see above.
    let call = unsafe { shared(state) }.call();
    // Only functions that the runtime calls for a request call these.
    #[expect(clippy::expect_used)]
    call.expect("lowered code runs in requests")
}

/// # Safety
/// The first argument is a string; the slice is used while it is on the stack.
unsafe fn name<'a>(state: *mut lua_State) -> &'a [u8] {
    let mut length = 0;
    // SAFETY: as the caller's.
    unsafe {
        let text = ffi::lua_tolstring(state, 1, &raw mut length);
        std::slice::from_raw_parts(text.cast(), length)
    }
}

/// Pushes a text, or nil where there is none.
///
/// # Safety
/// In a protected call with a free stack slot.
unsafe fn push_some(state: *mut lua_State, text: Option<&[u8]>) -> c_int {
    // SAFETY: as the caller's.
    unsafe {
        match text {
            Some(text) => push(state, text),
            None => ffi::lua_pushnil(state),
        }
    }
    1
}

unsafe extern "C-unwind" fn method(state: *mut lua_State) -> c_int {
    // SAFETY (all functions here): called by lowered code inside the protected call of a
    // request, with the arguments that the compiler wrote.
    unsafe { push_some(state, Some(call(state).request.method.as_bytes())) }
}

unsafe extern "C-unwind" fn path(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe { push_some(state, Some(call(state).request.path.raw().as_bytes())) }
}

unsafe extern "C-unwind" fn client_ip(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let address = call(state).request.client_ip.to_string();
        push_some(state, Some(address.as_bytes()))
    }
}

unsafe extern "C-unwind" fn request_id(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        push_some(
            state,
            Some(call(state).request.request_id.as_str().as_bytes()),
        )
    }
}

unsafe extern "C-unwind" fn param(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let request = call(state).request;
        let wanted = name(state);
        let mut params = request.params.iter();
        let found = params.find(|param| param.name.as_bytes() == wanted);
        push_some(state, found.map(|param| param.value(request.path)))
    }
}

unsafe extern "C-unwind" fn query(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let wanted = name(state);
        let pairs = form_pairs(call(state).request.query.as_bytes());
        let found = pairs.filter(|(name, _)| name.as_bytes() == wanted).last();
        push_some(state, found.as_ref().map(|(_, value)| value.as_bytes()))
    }
}

unsafe extern "C-unwind" fn header(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let wanted = std::str::from_utf8(name(state)).unwrap_or_default();
        let found = call(state).request.headers.joined(wanted);
        push_some(state, found.as_deref())
    }
}

unsafe extern "C-unwind" fn cookie(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let wanted = name(state);
        let mut cookies = call(state).request.headers.cookies();
        let found = cookies.find(|(name, _)| *name == wanted);
        push_some(state, found.map(|(_, value)| value))
    }
}

unsafe extern "C-unwind" fn raw_body(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe { push_some(state, call(state).request.body) }
}

/// The body's JSON; or nil, true and what is wrong with it, nil where there is none.
unsafe extern "C-unwind" fn body_json(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; the second upvalue is the metatable of arrays. The frame owns
    // nothing.
    unsafe {
        let call = call(state);
        let decoder = &call.shared.decoder;
        let mut malformed = None;
        if let Some(body) = call.request.body {
            ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
            let meta = ffi::lua_gettop(state);
            match decode::decode(state, decoder, meta, body) {
                Ok(()) => return 1,
                Err(error) => malformed = Some(error),
            }
        }
        ffi::lua_pushnil(state);
        ffi::lua_pushboolean(state, 1);
        match malformed {
            Some(error) => decode::push_malformed(state, decoder, error),
            None => ffi::lua_pushnil(state),
        }
    }
    3
}

/// The registry's function that raises the error for a body that is missing or malformed.
pub(super) const BAD_BODY: &str = "rover.bad_body";

/// What a guarded native returns to raise the error for a body that is missing, where nil is
/// on top of the stack, or malformed, where there is a text.
///
/// # Safety
/// In a guarded native.
pub(super) unsafe fn bad_body(state: *mut lua_State) -> c_int {
    // SAFETY: as the caller's.
    unsafe {
        push(state, BAD_BODY.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_insert(state, -2);
    }
    raise_by(1)
}

/// `reply(template, values...)`: writes the answer.
unsafe extern "C-unwind" fn reply(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; the values stay on the stack while they are encoded, and
    // nothing of the program's runs meanwhile.
    unsafe {
        let call = call(state);
        let number = ffi::lua_tonumber(state, 1) as usize;
        let templates = call.shared.program.templates;
        let template = &templates[number.wrapping_sub(1)];
        let reply = &mut *call.reply.borrow_mut();
        reply.content_type = Some(JSON);
        reply.status = StatusCode::from_u16(template.status).ok();
        reply.body.clear();
        reply.body.reserve(128);
        let mut encoder = Encoder::new(state, call.shared, &mut reply.body);
        let mut slot = 1;
        for piece in template.pieces {
            match *piece {
                Piece::Text(text) => encoder.out.extend_from_slice(text.as_bytes()),
                Piece::Fields(text) => {
                    comma(encoder.out);
                    encoder.out.extend_from_slice(text.as_bytes());
                }
                Piece::Field { key, depth, path } => {
                    slot += 1;
                    if ffi::lua_isnoneornil(state, slot) != 0 {
                        continue;
                    }
                    comma(encoder.out);
                    encoder.out.extend_from_slice(key.as_bytes());
                    if let Err(error) = encoder.value(slot, usize::from(depth)) {
                        let error = error.within(path.to_owned());
                        *call.failure.borrow_mut() = Some(not_json(&error));
                        break;
                    }
                }
                Piece::Held {
                    key,
                    holder,
                    place,
                    path,
                } => {
                    let written = call.write_held(encoder.out, (holder, place), |out| {
                        comma(out);
                        out.extend_from_slice(key.as_bytes());
                    });
                    if let Err(error) = written {
                        let error = error.within(path.to_owned());
                        *call.failure.borrow_mut() = Some(not_json(&error));
                        break;
                    }
                }
                Piece::List {
                    key,
                    depth,
                    path,
                    array,
                } => {
                    slot += 1;
                    if !key.is_empty() {
                        comma(encoder.out);
                        encoder.out.extend_from_slice(key.as_bytes());
                    }
                    let list = ffi::lua_tonumber(state, slot) as i32;
                    let written = encoder.list(list, array, usize::from(depth));
                    if let Err(error) = written {
                        let error = error.within(path.to_owned());
                        *call.failure.borrow_mut() = Some(not_json(&error));
                        break;
                    }
                }
            }
        }
        let written: *const u8 = &raw const WRITTEN;
        ffi::lua_pushlightuserdata(state, written.cast_mut().cast());
    }
    1
}

/// `text(status, kind, parts...)`: writes an answer of text. The parts are strings or
/// numbers.
unsafe extern "C-unwind" fn text(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; the parts stay on the stack.
    unsafe {
        let call = call(state);
        let reply = &mut *call.reply.borrow_mut();
        reply.status = StatusCode::from_u16(ffi::lua_tonumber(state, 1) as u16).ok();
        reply.content_type = Some(match ffi::lua_tonumber(state, 2) as u8 {
            0 => TEXT,
            _ => HTML,
        });
        reply.body.clear();
        for part in 3..=ffi::lua_gettop(state) {
            append_string(state, part, &mut reply.body);
            if reply.body.len() > call.shared.memory.largest() {
                let reason = "the response is longer than a half of `memory_limit`";
                *call.failure.borrow_mut() = Some(reason.to_owned());
                break;
            }
        }
        let written: *const u8 = &raw const WRITTEN;
        ffi::lua_pushlightuserdata(state, written.cast_mut().cast());
    }
    1
}

/// `reply_header(name, value)`: adds a header, both parts checked, to a written answer.
unsafe extern "C-unwind" fn reply_header(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; both arguments are strings.
    unsafe {
        let call = call(state);
        let (mut name, mut value) = (Vec::new(), Vec::new());
        append_string(state, 1, &mut name);
        append_string(state, 2, &mut value);
        let (name, value) = (
            HeaderName::from_bytes(&name),
            HeaderValue::from_bytes(&value),
        );
        match (name, value) {
            (Ok(name), Ok(value)) => {
                call.reply.borrow_mut().headers.append(name, value);
            }
            _ => *call.failure.borrow_mut() = Some("a response header is malformed".to_owned()),
        }
    }
    0
}
