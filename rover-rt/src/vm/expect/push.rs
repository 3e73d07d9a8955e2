//! From what was checked to Lua.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};
use rover_model::guard::{Checked, Constant, Kind, Schema, Value};

use super::super::guard::room;
use super::super::native::{push as push_text, push_value};
use super::super::{Shared, decode};
use super::Outcome;
use crate::form::Field;

/// What values of any kind come from.
#[derive(Clone, Copy)]
pub(in crate::vm) enum Origin<'a> {
    /// There are none.
    Nothing,
    /// Parts of a JSON text.
    Json(&'a [u8]),
    /// Files of a form.
    Form(&'a [Field<'a>]),
    /// Items of a Lua table at this absolute index.
    Lua(c_int),
}

impl<'a> Origin<'a> {
    /// What texts that are not in the buffer stand in.
    pub(super) fn text(self) -> &'a [u8] {
        match self {
            Origin::Json(body) => body,
            _ => b"",
        }
    }
}

/// Pushes a checked value.
///
/// # Safety
/// In a guarded native; the second upvalue is the metatable of arrays.
pub(super) unsafe fn value(
    state: *mut lua_State,
    shared: &Shared,
    checked: &Checked,
    schema: &Schema,
    given: Value,
    origin: Origin<'_>,
) -> Outcome<()> {
    // SAFETY: as the caller's; one value is pushed, and the stack grows with the nesting.
    unsafe {
        match given {
            Value::Absent | Value::Other(_) => ffi::lua_pushnil(state),
            Value::Null => ffi::lua_pushlightuserdata(state, std::ptr::null_mut()),
            Value::Boolean(value) => ffi::lua_pushboolean(state, c_int::from(value)),
            Value::Number(value) => ffi::lua_pushnumber(state, value),
            Value::Text(text) => push_text(state, checked.bytes(origin.text(), text)),
            Value::Array { first, length } => {
                room(state, 6)?;
                ffi::lua_createtable(state, length as c_int, 0);
                if let Kind::Array(element, _) = &schema.kind {
                    for item in 0..length {
                        let given = checked.slot(first + item);
                        value(state, shared, checked, element, given, origin)?;
                        ffi::lua_rawseti(state, -2, i64::from(item) + 1);
                    }
                }
                mark_array(state);
            }
            Value::Object { first } => {
                room(state, 6)?;
                let fields = schema.fields();
                ffi::lua_createtable(state, 0, fields.len() as c_int);
                for (slot, field) in (first..).zip(fields) {
                    let given = checked.slot(slot);
                    if given != Value::Absent {
                        push_text(state, field.name.as_bytes());
                        value(state, shared, checked, &field.schema, given, origin)?;
                        ffi::lua_rawset(state, -3);
                    }
                }
            }
            Value::Any(number) => any(state, shared, checked, number, origin),
            Value::Constant(number) => {
                constant(state, &checked.constants[number as usize])?;
            }
        }
    }
    Ok(())
}

/// # Safety
/// As [`value`].
unsafe fn mark_array(state: *mut lua_State) {
    // SAFETY: a table is on top.
    unsafe {
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
        ffi::lua_setmetatable(state, -2);
    }
}

/// # Safety
/// As [`value`].
unsafe fn any(
    state: *mut lua_State,
    shared: &Shared,
    checked: &Checked,
    number: u32,
    origin: Origin<'_>,
) {
    // SAFETY: as the caller's.
    unsafe {
        match origin {
            Origin::Json(body) => {
                let (start, end) = checked.spans[number as usize];
                let text = &body[start as usize..end as usize];
                ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
                let meta = ffi::lua_gettop(state);
                // It was looked at when it was read.
                let decoded = decode::decode(state, &shared.decoder, meta, text);
                debug_assert!(decoded.is_ok());
                ffi::lua_remove(state, meta);
            }
            Origin::Form(fields) => push_value(state, &fields[number as usize].value),
            Origin::Lua(table) => {
                ffi::lua_rawgeti(state, table, i64::from(number));
            }
            Origin::Nothing => ffi::lua_pushnil(state),
        }
    }
}

/// # Safety
/// As [`value`].
unsafe fn constant(state: *mut lua_State, given: &Constant) -> Outcome<()> {
    // SAFETY: as the caller's.
    unsafe {
        match given {
            Constant::Null => ffi::lua_pushlightuserdata(state, std::ptr::null_mut()),
            Constant::Boolean(value) => ffi::lua_pushboolean(state, c_int::from(*value)),
            Constant::Number(value) => ffi::lua_pushnumber(state, *value),
            Constant::Text(text) => push_text(state, text.as_bytes()),
            Constant::List(items) => {
                room(state, 6)?;
                ffi::lua_createtable(state, items.len() as c_int, 0);
                for (at, item) in items.iter().enumerate() {
                    constant(state, item)?;
                    ffi::lua_rawseti(state, -2, at as i64 + 1);
                }
                mark_array(state);
            }
            Constant::Record(fields) => {
                room(state, 6)?;
                ffi::lua_createtable(state, 0, fields.len() as c_int);
                for (name, value) in fields.as_ref() {
                    push_text(state, name.as_bytes());
                    constant(state, value)?;
                    ffi::lua_rawset(state, -3);
                }
            }
        }
    }
    Ok(())
}

/// Pushes the list of what is wrong.
///
/// # Safety
/// As [`value`].
pub(super) unsafe fn problems(state: *mut lua_State, checked: &Checked) {
    // SAFETY: as the caller's.
    unsafe {
        ffi::lua_createtable(state, checked.problems.len() as c_int, 0);
        for (at, problem) in checked.problems.iter().enumerate() {
            ffi::lua_createtable(state, 0, 3);
            for (name, text) in [
                (c"field", problem.field.as_str()),
                (c"message", &problem.message),
                (c"type", problem.kind),
            ] {
                push_text(state, text.as_bytes());
                ffi::lua_setfield(state, -2, name.as_ptr());
            }
            ffi::lua_rawseti(state, -2, at as i64 + 1);
        }
        mark_array(state);
    }
}
