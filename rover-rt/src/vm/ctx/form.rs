//! The body as a form.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::message::form::{Field, File, Value};
use crate::vm::native::stack::{mark_array, push, set_field, vm_state};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 2] =
    [(c"form", form), (c"form_all", form_all)];

/// `form()` gives the fields by name, or nil, a status and a message.
unsafe extern "C-unwind" fn form(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native with 20 free slots: the table, a name, a value and
    // what a file's table needs are fewer. Memory is relaxed, so that nothing raises an error.
    // The fields belong to the call.
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
    // SAFETY: this is a contained native with 20 free slots, of which fewer than eight are
    // used. `ctx.lua` gives a string, whose bytes stay while it is on the stack. Memory is
    // relaxed, so that nothing raises an error.
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
        mark_array(state);
    }
    1
}

/// The running request's form; else pushes nil, status and message and gives their number.
///
/// # Safety
/// In a native of the running request.
unsafe fn form_fields<'a>(state: *mut lua_State) -> Result<&'a [Field<'a>], c_int> {
    // SAFETY: the caller is a contained native with room for three values. The call outlives
    // it, and with it the form's fields. Lua copies the message before it is dropped.
    unsafe {
        let Some(call) = vm_state(state).call() else {
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
    // SAFETY: the caller has room for four values: the table, a field's name and its value, of
    // which the table stays. Lua copies the bytes, which belong to the call.
    unsafe {
        match value {
            Value::Text(text) => push(state, text.as_bytes()),
            Value::File(File {
                filename,
                content_type,
                data,
            }) => {
                ffi::lua_createtable(state, 0, 3);
                set_field(state, b"filename", filename.as_bytes());
                if let Some(content_type) = content_type {
                    set_field(state, b"content_type", content_type.as_bytes());
                }
                set_field(state, b"data", data);
            }
        }
    }
}
