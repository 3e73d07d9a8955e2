//! From what a handler returned to a reply.

use http::StatusCode;
use http::header::HeaderValue;
use mlua::ffi::{self, lua_State};
use rover_model::is_final_status;

use crate::message::reply::{ContentType, HEADERS_TOO_LONG, MAX_HEADERS_BYTES, Reply};
use crate::vm::json::encode;
use crate::vm::native::raise::told_late;
use crate::vm::native::stack::{append_string, has_meta, lossy};
use crate::vm::response::marker::is_written;
use crate::vm::state::call::Argument;
use crate::vm::state::vm::VmState;
use crate::vm::write::error::EncodeError;
use crate::vm::write::scalar::text_number;

// The kinds of response objects (see `response.lua`).
const JSON_KIND: f64 = 1.0;
const BYTES_KIND: f64 = 2.0;
const TEMPLATE_KIND: f64 = 3.0;
pub(crate) const ANSWERED_KIND: f64 = 4.0;

/// Turns the value on top of the stack into the call's reply.
///
/// # Safety
/// Inside the protected call, with the handler's result on top.
pub(crate) unsafe fn respond(state: *mut lua_State, shared: &VmState) {
    let reply = &mut *shared.running.reply.borrow_mut();
    // SAFETY: the caller is in what is contained in the protected call, with the handler's
    // result on top.
    if let Err(reason) = unsafe { read(state, shared, reply) } {
        *shared.running.failure.borrow_mut() = Some(reason);
    }
}

/// # Safety
/// Inside the protected call, with the handler's result on top.
unsafe fn read(state: *mut lua_State, shared: &VmState, reply: &mut Reply) -> Result<(), String> {
    // SAFETY: there is a value on top, which is read by its type, raw, so that no code of the
    // program's runs. A metatable and a slot's value have room above it. Texts are copied while
    // they are on the stack.
    unsafe {
        match ffi::lua_type(state, -1) {
            // The program has caught the deadline's error, or one that the error became, and
            // has no answer of its own.
            ffi::LUA_TNIL if shared.is_late() => {
                return Err(told_late(shared));
            }
            ffi::LUA_TNIL => reply.status = Some(StatusCode::NO_CONTENT),
            ffi::LUA_TSTRING => {
                reply.content_type = Some(ContentType::Text);
                append_string(state, -1, &mut reply.body);
            }
            ffi::LUA_TNUMBER => {
                reply.content_type = Some(ContentType::Text);
                if !text_number(ffi::lua_tonumber(state, -1), &mut reply.body) {
                    append_string(state, -1, &mut reply.body);
                }
            }
            ffi::LUA_TBOOLEAN => {
                reply.content_type = Some(ContentType::Text);
                let text = ffi::lua_toboolean(state, -1) != 0;
                reply.body.extend_from_slice(text.to_string().as_bytes());
            }
            ffi::LUA_TTABLE if has_meta(state, &shared.metatables.response) => {
                return built(state, shared, reply);
            }
            ffi::LUA_TTABLE if has_meta(state, &shared.metatables.html) => {
                reply.content_type = Some(ContentType::Html);
                ffi::lua_rawgeti(state, -1, 1);
                append_string(state, -1, &mut reply.body);
            }
            ffi::LUA_TTABLE => return json(state, shared, reply),
            ffi::LUA_TLIGHTUSERDATA if is_written(state) => {}
            // `rover.null`, which JSON has a word for.
            ffi::LUA_TLIGHTUSERDATA if ffi::lua_touserdata(state, -1).is_null() => {
                return json(state, shared, reply);
            }
            other => {
                let name = std::ffi::CStr::from_ptr(ffi::lua_typename(state, other));
                let kind = name.to_string_lossy();
                return Err(format!("the handler returned a {kind}"));
            }
        }
    }
    Ok(())
}

/// # Safety
/// The value to encode is on top of the stack.
unsafe fn json(state: *mut lua_State, shared: &VmState, reply: &mut Reply) -> Result<(), String> {
    reply.content_type = Some(ContentType::Json);
    // SAFETY: the value is on top, and this is in what is contained in the protected call.
    let encoded = unsafe { encode::encode(state, shared, &mut reply.body) };
    encoded.map_err(|error| not_json(&error))
}

/// A status that ends an answer.
pub(crate) fn final_status(status: f64) -> Option<StatusCode> {
    let status = is_final_status(status).then_some(status as u16)?;
    StatusCode::from_u16(status).ok()
}

pub(crate) fn not_json(error: &EncodeError) -> String {
    format!("the handler's result is not JSON: {error}")
}

/// Reads a response object (see `response.lua` for its slots).
///
/// # Safety
/// A response object is on top of the stack.
unsafe fn built(state: *mut lua_State, shared: &VmState, reply: &mut Reply) -> Result<(), String> {
    // SAFETY: a table is on top, at an absolute index. The reads are raw. What they push has
    // room among the free slots of the C function, and is taken off or left to its end. Values
    // of other types than ours are passed over.
    unsafe {
        let object = ffi::lua_gettop(state);
        ffi::lua_rawgeti(state, object, 1);
        if ffi::lua_type(state, -1) == ffi::LUA_TNUMBER {
            reply.status = final_status(ffi::lua_tonumber(state, -1));
        }
        ffi::lua_rawgeti(state, object, 5);
        if ffi::lua_type(state, -1) == ffi::LUA_TTABLE {
            read_headers(state, reply)?;
        }
        ffi::lua_settop(state, object);
        ffi::lua_rawgeti(state, object, 2);
        let kind = ffi::lua_tonumber(state, -1);
        ffi::lua_rawgeti(state, object, 3);
        if kind == JSON_KIND {
            json(state, shared, reply)?;
        } else if kind == ANSWERED_KIND {
            let number = f64::from(ffi::lua_tonumber(state, -1) as u32);
            match shared.call().map(|call| &call.argument) {
                Some(Argument::Answer(_, own)) if f64::from(*own) == number => {
                    reply.keeps_body = true;
                }
                _ => return Err("the response is the answer of another request".to_owned()),
            }
        } else if kind == TEMPLATE_KIND {
            return Err("the answer is `html` with data but without a template".to_owned());
        } else if kind == BYTES_KIND {
            append_string(state, -1, &mut reply.body);
            ffi::lua_rawgeti(state, object, 4);
            let value = HeaderValue::from_bytes(lossy(state, -1).as_bytes());
            reply.content_type = value.ok().map(|value| ContentType::Other(Box::new(value)));
        }
    }
    Ok(())
}

/// # Safety
/// The flat list of names and values is on top of the stack.
unsafe fn read_headers(state: *mut lua_State, reply: &mut Reply) -> Result<(), String> {
    let mut bytes_of_all = 0;
    // SAFETY: a table is on top, at an absolute index. The reads are raw. A name and a value
    // are pushed, copied and taken off.
    unsafe {
        let list = ffi::lua_gettop(state);
        let count = ffi::lua_objlen(state, list) as i64;
        for at in (1..count).step_by(2) {
            ffi::lua_rawgeti(state, list, at);
            ffi::lua_rawgeti(state, list, at + 1);
            // Looked at first, as many may be one string.
            for part in [-2, -1] {
                if ffi::lua_type(state, part) == ffi::LUA_TSTRING {
                    bytes_of_all += ffi::lua_objlen(state, part);
                }
            }
            if bytes_of_all > MAX_HEADERS_BYTES {
                return Err(HEADERS_TOO_LONG.to_owned());
            }
            let (mut name, mut value) = (Vec::new(), Vec::new());
            append_string(state, -2, &mut name);
            append_string(state, -1, &mut value);
            ffi::lua_settop(state, list);
            // The builders have seen to it, unless the program wrote into their response.
            reply.add_header(&name, &value)?;
        }
    }
    Ok(())
}
