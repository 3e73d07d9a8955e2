//! What specialised handlers call to write their answers.
//!
//! The compiler writes these calls only into functions that nothing but the runtime
//! calls, so there is always a running request when they are made.

use std::ffi::c_int;

use http::StatusCode;
use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::message::reply::ContentType;
use crate::program::Piece;
use crate::vm::guard::in_place::write_checked;
use crate::vm::json::encode::Encoder;
use crate::vm::native::stack::{append_string, running, vm_state};
use crate::vm::response::marker::written;
use crate::vm::response::respond::not_json;
use crate::vm::write::scalar::comma;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 3] = [
    (c"reply", reply),
    (c"text", text),
    (c"reply_header", reply_header),
];

/// Appends what a field begins with, after a comma unless it is its object's first.
fn field(out: &mut Vec<u8>, text: &str) {
    comma(out);
    out.extend_from_slice(text.as_bytes());
}

/// `reply(template, values...)`: writes the answer.
unsafe extern "C-unwind" fn reply(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that lowered code calls in a request, with the
    // template's number and as many values as it has places. They stay on the stack while they
    // are encoded, and no Lua code runs meanwhile. The result takes one of the free slots, and
    // memory is relaxed, so that nothing raises an error.
    unsafe {
        let (shared, call) = running(state);
        let number = ffi::lua_tonumber(state, 1) as usize;
        let templates = &shared.program.templates;
        let template = &templates[number.wrapping_sub(1)];
        let reply = &mut *shared.running.reply.borrow_mut();
        reply.content_type = Some(ContentType::Json);
        reply.status = StatusCode::from_u16(template.status).ok();
        reply.body.clear();
        reply.body.reserve(128);
        let mut encoder = Encoder::new(state, shared, &mut reply.body);
        let mut slot = 1;
        for piece in &*template.pieces {
            let (path, written) = match piece {
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
                    (path, encoder.value(slot, usize::from(*depth)))
                }
                Piece::Checked {
                    key,
                    checked,
                    place,
                    path,
                } => {
                    let lead = |out: &mut Vec<u8>| field(out, key);
                    (
                        path,
                        write_checked(shared, call, encoder.out, (*checked, *place), lead),
                    )
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
                    (path, encoder.list(list, usize::from(*depth)))
                }
            };
            if let Err(error) = written {
                let error = error.within(path.to_string());
                *shared.running.failure.borrow_mut() = Some(not_json(&error));
                break;
            }
        }
        ffi::lua_pushlightuserdata(state, written());
    }
    1
}

/// `text(status, kind, parts...)`: writes an answer of text. The parts are strings or
/// numbers.
unsafe extern "C-unwind" fn text(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that lowered code calls in a request, with two numbers
    // and the parts. They stay on the stack while they are copied. The result takes one of the
    // free slots.
    unsafe {
        let shared = vm_state(state);
        let reply = &mut *shared.running.reply.borrow_mut();
        reply.status = StatusCode::from_u16(ffi::lua_tonumber(state, 1) as u16).ok();
        reply.content_type = Some(match ffi::lua_tonumber(state, 2) as u8 {
            0 => ContentType::Text,
            _ => ContentType::Html,
        });
        reply.body.clear();
        for part in 3..=ffi::lua_gettop(state) {
            append_string(state, part, &mut reply.body);
            if reply.body.len() > shared.memory.largest() {
                let reason = "the response is longer than a half of `memory_limit`";
                *shared.running.failure.borrow_mut() = Some(reason.to_owned());
                break;
            }
        }
        ffi::lua_pushlightuserdata(state, written());
    }
    1
}

/// `reply_header(name, value)`: adds a header, both parts checked, to a written answer.
unsafe extern "C-unwind" fn reply_header(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that lowered code calls in a request, with two
    // strings. They are copied while they are on the stack, and nothing is pushed.
    unsafe {
        let shared = vm_state(state);
        let (mut name, mut value) = (Vec::new(), Vec::new());
        append_string(state, 1, &mut name);
        append_string(state, 2, &mut value);
        if let Err(reason) = shared.running.reply.borrow_mut().add_header(&name, &value) {
            *shared.running.failure.borrow_mut() = Some(reason.to_owned());
        }
    }
    0
}
