//! What specialised handlers call: the body's JSON, and the writing of templates.
//!
//! The compiler writes these calls only into functions that nothing but the runtime
//! calls, so there is always a running request when they are made.

use std::ffi::{c_int, c_void};

use http::StatusCode;
use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::message::reply::ContentType;
use crate::program::Piece;
use crate::vm::ctx::members::append_string;
use crate::vm::ctx::members::{push, shared};
use crate::vm::guard::check::TOO_LARGE;
use crate::vm::json::decode;
use crate::vm::json::decode::Failed;
use crate::vm::json::encode::{Encoder, comma};
use crate::vm::native::unwind::raise_by;
use crate::vm::response::respond::not_json;
use crate::vm::run::call::Call;
use crate::vm::state::vm::Shared;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 4] = [
    (c"body_json", body_json),
    (c"reply", reply),
    (c"text", text),
    (c"reply_header", reply_header),
];

/// Its address is what `reply` returns: the answer is written already.
static WRITTEN: u8 = 0;

/// What lowered code returns for such an answer.
pub(crate) fn written() -> *mut c_void {
    let written: *const u8 = &raw const WRITTEN;
    written.cast_mut().cast()
}

/// Whether the light userdata on top of the stack stands for a written answer.
///
/// # Safety
/// A light userdata is on top of the stack.
pub(crate) unsafe fn is_written(state: *mut lua_State) -> bool {
    let written: *const u8 = &raw const WRITTEN;
    // SAFETY: as the caller's.
    unsafe { ffi::lua_touserdata(state, -1).cast_const() == written.cast() }
}

impl Shared {
    /// The running call.
    pub(crate) fn call(&self) -> Option<&Call<'_>> {
        // SAFETY: `protected` sets the pointer for as long as it borrows the call, and
        // only what runs inside it asks.
        unsafe { self.current.get().cast::<Call<'_>>().as_ref() }
    }
}

/// # Safety
/// The running C function has the `Shared` as its first upvalue, and runs in a request.
pub(crate) unsafe fn call<'a>(state: *mut lua_State) -> &'a Call<'a> {
    // SAFETY: see above.
    let call = unsafe { shared(state) }.call();
    // Only functions that the runtime calls for a request call these.
    #[expect(clippy::expect_used)]
    call.expect("lowered code runs in requests")
}

/// The body's JSON; or nil, the status of the answer and what is wrong with it, nil where there
/// is none.
unsafe extern "C-unwind" fn body_json(state: *mut lua_State) -> c_int {
    // SAFETY (all functions here): called by lowered code inside the protected call of a
    // request, with the arguments that the compiler wrote; the second upvalue is the metatable of arrays. The frame owns
    // nothing.
    unsafe {
        let call = call(state);
        let decoder = &call.shared.decoder;
        let mut malformed = None;
        if let Some(body) = call.request.body {
            ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
            let meta = ffi::lua_gettop(state);
            match decode::decode(state, call.shared, meta, body) {
                Ok(()) => return 1,
                Err(error) => malformed = Some(error),
            }
        }
        ffi::lua_pushnil(state);
        ffi::lua_pushnumber(
            state,
            match malformed {
                Some(Failed::Full) => 413.0,
                _ => 400.0,
            },
        );
        match malformed {
            Some(Failed::Full) => push(state, TOO_LARGE.as_bytes()),
            Some(error) => decode::push_malformed(state, decoder, error),
            None => ffi::lua_pushnil(state),
        }
    }
    3
}

/// The registry's function that raises the error for a body that is missing or malformed.
pub(crate) const BAD_BODY: &str = "rover.bad_body";

/// What a guarded native returns to raise the error for a body that is missing, where nil is
/// on top of the stack, or malformed, where there is a text.
///
/// # Safety
/// In a guarded native.
pub(crate) unsafe fn bad_body(state: *mut lua_State) -> c_int {
    // SAFETY: as the caller's.
    unsafe {
        push(state, BAD_BODY.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_insert(state, -2);
    }
    raise_by(1)
}

/// Appends what a field begins with, after a comma unless it is its object's first.
fn field(out: &mut Vec<u8>, text: &str) {
    comma(out);
    out.extend_from_slice(text.as_bytes());
}

/// `reply(template, values...)`: writes the answer.
unsafe extern "C-unwind" fn reply(state: *mut lua_State) -> c_int {
    // SAFETY: see `body_json`; the values stay on the stack while they are encoded, and
    // nothing of the program's runs meanwhile.
    unsafe {
        let call = call(state);
        let number = ffi::lua_tonumber(state, 1) as usize;
        let templates = call.shared.program.templates;
        let template = &templates[number.wrapping_sub(1)];
        let reply = &mut *call.reply.borrow_mut();
        reply.content_type = Some(ContentType::Json);
        reply.status = StatusCode::from_u16(template.status).ok();
        reply.body.clear();
        reply.body.reserve(128);
        let mut encoder = Encoder::new(state, call.shared, &mut reply.body);
        let mut slot = 1;
        for piece in template.pieces {
            let (path, written) = match *piece {
                Piece::Text(text) => {
                    encoder.out.extend_from_slice(text.as_bytes());
                    continue;
                }
                Piece::Fields(text) => {
                    field(encoder.out, text);
                    continue;
                }
                Piece::Field { key, depth, path } => {
                    slot += 1;
                    if ffi::lua_isnoneornil(state, slot) != 0 {
                        continue;
                    }
                    field(encoder.out, key);
                    (path, encoder.value(slot, usize::from(depth)))
                }
                Piece::Held {
                    key,
                    holder,
                    place,
                    path,
                } => {
                    let lead = |out: &mut Vec<u8>| field(out, key);
                    (path, call.write_held(encoder.out, (holder, place), lead))
                }
                Piece::Part { key, part, path } => {
                    let Some(text) = call.request.part(part) else {
                        continue;
                    };
                    field(encoder.out, key);
                    (path, encoder.text(&text))
                }
                Piece::List { key, depth, path } => {
                    slot += 1;
                    if !key.is_empty() {
                        field(encoder.out, key);
                    }
                    let list = ffi::lua_tonumber(state, slot) as i32;
                    (path, encoder.list(list, usize::from(depth)))
                }
            };
            if let Err(error) = written {
                let error = error.within(path.to_owned());
                *call.failure.borrow_mut() = Some(not_json(&error));
                break;
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
    // SAFETY: see `body_json`; the parts stay on the stack.
    unsafe {
        let call = call(state);
        let reply = &mut *call.reply.borrow_mut();
        reply.status = StatusCode::from_u16(ffi::lua_tonumber(state, 1) as u16).ok();
        reply.content_type = Some(match ffi::lua_tonumber(state, 2) as u8 {
            0 => ContentType::Text,
            _ => ContentType::Html,
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
    // SAFETY: see `body_json`; both arguments are strings.
    unsafe {
        let call = call(state);
        let (mut name, mut value) = (Vec::new(), Vec::new());
        append_string(state, 1, &mut name);
        append_string(state, 2, &mut value);
        if let Err(reason) = call.reply.borrow_mut().add_header(&name, &value) {
            *call.failure.borrow_mut() = Some(reason.to_owned());
        }
    }
    0
}
