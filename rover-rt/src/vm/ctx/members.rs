//! The Rust half of `runtime.lua`: C functions that read the request.
//!
//! They read the request that runs. Whether a ctx is that one's is seen in `ctx.lua`.

use std::ffi::c_int;
use std::io::Write;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::LogLevel;

use crate::message::decode::{cookie_text, form_pairs, header_text};
use crate::message::form::{Field, File, Value};
use crate::message::request::RequestData;
use crate::vm::guard::check::TOO_LARGE;
use crate::vm::json::{decode, encode};
use crate::vm::response::lists::KEPT_BYTES;
use crate::vm::response::pages;
use crate::vm::run::failure;
use crate::vm::state::vm::{LOGGED_BYTES, Shared};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 22] = [
    (c"method", method),
    (c"path", path),
    (c"client_ip", client_ip),
    (c"request_id", request_id),
    (c"params", params),
    (c"query", query),
    (c"query_all", query_all),
    (c"headers", headers),
    (c"header_all", header_all),
    (c"cookies", cookies),
    (c"body", body),
    (c"form", form),
    (c"form_all", form_all),
    (c"lossy", lossy_text),
    (c"refused_header", refused_header),
    (c"html_step", pages::describe),
    (c"html_take", pages::take),
    (c"json_decode", json_decode),
    (c"json_encode", json_encode),
    (c"log", log),
    (c"raise", failure::raise),
    (c"trace", failure::trace),
];

/// # Safety
/// In a native of the running request.
unsafe fn request<'a>(state: *mut lua_State) -> &'a RequestData<'a> {
    // SAFETY: as the caller's.
    let call = unsafe { shared(state) }.call();
    // A ctx is only there while a request runs; `live` sees to it that it is this one's.
    #[expect(clippy::expect_used)]
    call.expect("a ctx is used in a request").request
}

/// # Safety
/// The running C function has the `Shared` as its first upvalue.
pub(crate) unsafe fn shared<'a>(state: *mut lua_State) -> &'a Shared {
    // SAFETY: `start` gives every native that upvalue, and drops the state first.
    unsafe { &*ffi::lua_touserdata(state, ffi::lua_upvalueindex(1)).cast::<Shared>() }
}

/// # Safety
/// In a protected call with a free stack slot.
pub(crate) unsafe fn push(state: *mut lua_State, text: &[u8]) {
    // SAFETY: Lua copies the bytes.
    unsafe { ffi::lua_pushlstring(state, text.as_ptr().cast(), text.len()) };
}

/// # Safety
/// A table is on top.
unsafe fn set(state: *mut lua_State, key: &[u8], value: &[u8]) {
    // SAFETY: two pushes that `lua_rawset` pops.
    unsafe {
        push(state, key);
        push(state, value);
        ffi::lua_rawset(state, -3);
    }
}

unsafe extern "C-unwind" fn method(state: *mut lua_State) -> c_int {
    // SAFETY (all natives): called by `runtime.lua` with the arguments it documents,
    // inside the protected call of a request.
    unsafe { push(state, request(state).method.as_bytes()) };
    1
}

unsafe extern "C-unwind" fn path(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe { push(state, request(state).path.raw().as_bytes()) };
    1
}

unsafe extern "C-unwind" fn client_ip(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe { push(state, request(state).client_ip.to_string().as_bytes()) };
    1
}

unsafe extern "C-unwind" fn request_id(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe { push(state, request(state).request_id.as_str().as_bytes()) };
    1
}

unsafe extern "C-unwind" fn params(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let request = request(state);
        ffi::lua_createtable(state, 0, request.params.len() as c_int);
        for param in request.params {
            set(state, param.name.as_bytes(), param.value(request.path));
        }
    }
    1
}

unsafe extern "C-unwind" fn query(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        ffi::lua_createtable(state, 0, 4);
        for (name, value) in form_pairs(request(state).query.as_bytes()) {
            set(state, name.as_bytes(), value.as_bytes());
        }
    }
    1
}

unsafe extern "C-unwind" fn query_all(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
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
    // SAFETY: table below, string on top, which `lua_rawseti` pops; the second
    // upvalue is the metatable of arrays.
    unsafe {
        ffi::lua_createtable(state, 2, 0);
        for (at, value) in values.enumerate() {
            push(state, value.as_ref());
            ffi::lua_rawseti(state, -2, at as i64 + 1);
        }
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        ffi::lua_setmetatable(state, -2);
    }
}

unsafe extern "C-unwind" fn headers(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let headers = request(state).headers;
        ffi::lua_createtable(state, 0, 8);
        for name in headers.names() {
            if let Some(value) = headers.joined(name) {
                set(state, name.to_ascii_lowercase().as_bytes(), &value);
            }
        }
    }
    1
}

unsafe extern "C-unwind" fn header_all(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let wanted = lossy(state, 2);
        let values = request(state).headers.get_all(&wanted);
        list(state, values.map(header_text));
    }
    1
}

unsafe extern "C-unwind" fn cookies(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        ffi::lua_createtable(state, 0, 2);
        let sent: Vec<_> = request(state).headers.cookies().collect();
        // Of two of one name the first counts (RFC 6265, section 5.4): it is set last.
        for (name, value) in sent.into_iter().rev() {
            set(state, &name, &cookie_text(value));
        }
    }
    1
}

unsafe extern "C-unwind" fn body(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let Some(body) = request(state).body else {
            return 0;
        };
        push(state, body);
    }
    1
}

/// `form()` gives the fields by name, or nil, a status and a message.
unsafe extern "C-unwind" fn form(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let fields = match form_fields(state) {
            Ok(fields) => fields,
            Err(results) => return results,
        };
        ffi::lua_createtable(state, 0, fields.len() as c_int);
        for field in fields {
            push(state, field.name.as_bytes());
            push_value(state, &field.value);
            ffi::lua_rawset(state, -3);
        }
    }
    1
}

/// `form_all(name)` gives a list of one name's values, or what `form` gives.
unsafe extern "C-unwind" fn form_all(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; the argument is a string, which stays on the stack.
    unsafe {
        let mut length = 0;
        let wanted = ffi::lua_tolstring(state, 1, &raw mut length);
        let wanted: &[u8] = std::slice::from_raw_parts(wanted.cast(), length);
        let fields = match form_fields(state) {
            Ok(fields) => fields,
            Err(results) => return results,
        };
        ffi::lua_createtable(state, 1, 0);
        let same = fields.iter().filter(|f| f.name.as_bytes() == wanted);
        for (at, field) in same.enumerate() {
            push_value(state, &field.value);
            ffi::lua_rawseti(state, -2, at as i64 + 1);
        }
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        ffi::lua_setmetatable(state, -2);
    }
    1
}

/// The running request's form; else pushes nil, status and message and gives their number.
///
/// # Safety
/// In a native of the running request.
unsafe fn form_fields<'a>(state: *mut lua_State) -> Result<&'a [Field<'a>], c_int> {
    // SAFETY: as the caller's; the message is kept by nobody.
    unsafe {
        let Some(call) = shared(state).call() else {
            return Err(0);
        };
        call.form().map_err(|error| {
            ffi::lua_pushnil(state);
            ffi::lua_pushnumber(state, f64::from(error.status().as_u16()));
            push(state, error.to_string().as_bytes());
            3
        })
    }
}

/// Pushes a text, or a table with a file's `filename`, `content_type` and `data`.
///
/// # Safety
/// In a native, in a protected call.
pub(crate) unsafe fn push_value(state: *mut lua_State, value: &Value<'_>) {
    // SAFETY: as the caller's; the values belong to the call, not to this frame.
    unsafe {
        match value {
            Value::Text(text) => push(state, text.as_bytes()),
            Value::File(File {
                filename,
                content_type,
                data,
            }) => {
                ffi::lua_createtable(state, 0, 3);
                set(state, b"filename", filename.as_bytes());
                if let Some(content_type) = content_type {
                    set(state, b"content_type", content_type.as_bytes());
                }
                set(state, b"data", data);
            }
        }
    }
}

unsafe extern "C-unwind" fn lossy_text(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; the first argument is a string.
    unsafe { push(state, lossy(state, 1).as_bytes()) };
    1
}

/// `refused_header(name, value)`: why a program cannot set it, or nothing.
unsafe extern "C-unwind" fn refused_header(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; the arguments are strings.
    unsafe {
        let (name, value) = (lossy(state, 1), lossy(state, 2));
        let Some(reason) = rover_model::refused_header(&name, Some(&value)) else {
            return 0;
        };
        push(state, reason.as_bytes());
    }
    1
}

/// `json_decode(text)` gives true and the value, or false and a message; and what a client is
/// told where there is no memory for the value of what it has sent.
unsafe extern "C-unwind" fn json_decode(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`; the first argument is a string, which stays on the stack
    // while it is parsed.
    unsafe {
        let mut length = 0;
        let text = ffi::lua_tolstring(state, 1, &raw mut length);
        let text = std::slice::from_raw_parts(text.cast(), length);
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        let meta = ffi::lua_gettop(state);
        ffi::lua_pushboolean(state, 1);
        let shared = shared(state);
        let Err(failed) = decode::decode(state, shared, meta, text) else {
            return 2;
        };
        let full = matches!(failed, decode::Failed::Full);
        ffi::lua_pushboolean(state, 0);
        decode::push_malformed(state, &shared.decoder, failed);
        if full {
            push(state, TOO_LARGE.as_bytes());
            return 3;
        }
    }
    2
}

/// `json_encode(value)` gives true and the text, or false and a message.
unsafe extern "C-unwind" fn json_encode(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`. Nothing of the program's runs while the buffer is written, and
    // an error of Lua's leaves nothing but the buffer.
    unsafe {
        ffi::lua_settop(state, 1);
        let shared = shared(state);
        let out = &mut *shared.encoded.get();
        out.clear();
        let result = encode::encode(state, shared, out);
        let ok = result.is_ok();
        if let Err(error) = result {
            out.clear();
            // A vector takes all that is written.
            let _ = write!(out, "{error}");
        }
        ffi::lua_pushboolean(state, c_int::from(ok));
        push(state, out);
        out.clear();
        out.shrink_to(KEPT_BYTES);
    }
    2
}

/// `log(level, message)`
unsafe extern "C-unwind" fn log(state: *mut lua_State) -> c_int {
    // SAFETY: see `method`.
    unsafe {
        let level = match ffi::lua_tonumber(state, 1) as u8 {
            0 => LogLevel::Debug,
            1 => LogLevel::Info,
            2 => LogLevel::Warn,
            _ => LogLevel::Error,
        };
        let shared = shared(state);
        if shared.log.enabled(level) {
            let message = bounded(state, 2);
            #[cfg(feature = "faults")]
            {
                assert!(message != "fault: panic", "the fault that was asked for");
                shared.log.fault.set(message == "fault: timers");
                shared.log.stuck.set(message == "fault: stuck");
            }
            let id = shared.call().map(|call| call.request.request_id.as_str());
            shared.log.line(level, &message, id);
        }
    }
    0
}

/// Appends a string's or number's text; nothing for other values.
///
/// # Safety
/// `index` is valid and the value is not a key of a running `lua_next`.
pub(crate) unsafe fn append_string(state: *mut lua_State, index: c_int, out: &mut Vec<u8>) {
    // SAFETY: the pointer is used before anything else runs in Lua.
    unsafe {
        let mut length = 0;
        let text = ffi::lua_tolstring(state, index, &raw mut length);
        if !text.is_null() {
            out.extend_from_slice(std::slice::from_raw_parts(text.cast(), length));
        }
    }
}

/// A string's or number's text; bytes that are not UTF-8 are replaced.
///
/// # Safety
/// As [`append_string`].
pub(crate) unsafe fn lossy(state: *mut lua_State, index: c_int) -> String {
    let mut bytes = Vec::new();
    // SAFETY: as the caller's.
    unsafe { append_string(state, index, &mut bytes) };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// As [`lossy`], of a text's beginning: for the log.
///
/// # Safety
/// As [`append_string`].
pub(crate) unsafe fn bounded(state: *mut lua_State, index: c_int) -> String {
    // SAFETY: as the caller's; the bytes are copied before anything else runs.
    unsafe {
        let mut length = 0;
        let text = ffi::lua_tolstring(state, index, &raw mut length);
        if text.is_null() {
            return String::new();
        }
        let shown = std::slice::from_raw_parts(text.cast(), length.min(LOGGED_BYTES));
        let mut shown = String::from_utf8_lossy(shown).into_owned();
        if length > LOGGED_BYTES {
            shown.push_str("...");
        }
        shown
    }
}
