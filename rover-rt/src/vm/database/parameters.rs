//! Lua values as a statement's.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};
use rover_model::sql::{Dialect, Given, Parameters};

use crate::database::parameter::Parameter;
use crate::vm::database::places::Place;
use crate::vm::json::encode::{Encoder, encode};
use crate::vm::native::stack::bytes;
use crate::vm::state::databases::Prepared;
use crate::vm::state::vm::VmState;
use std::sync::Arc;

/// What is wrong with the values that a program gives: told with the program's line.
pub(crate) type Wrong = String;

/// A statement with its values, as its database has them.
pub(crate) struct Bound {
    pub(crate) text: Arc<str>,
    pub(crate) values: Vec<Parameter>,
    /// Where a list is spread: which value each is, and which element of it.
    pub(crate) spread: Option<Vec<Place>>,
}

/// The text and the values of a statement, which stand on the stack from `first` on, or in a list there whose
/// length follows.
///
/// # Safety
/// In a contained native with eight free slots.
pub(crate) unsafe fn bound(
    state: *mut lua_State,
    shared: &VmState,
    dialect: Dialect,
    prepared: &Prepared,
    (first, is_listed): (c_int, bool),
) -> Result<Bound, Wrong> {
    let statement = &prepared.statement;
    // SAFETY: the caller is such a native. Only values that are there are read.
    unsafe {
        let given = match is_listed {
            true => ffi::lua_tonumber(state, first + 1) as c_int,
            false => ffi::lua_gettop(state) - first + 1,
        };
        let mut values = match statement.parameters() {
            Parameters::Numbered(count) => {
                if given.max(0) as usize != count {
                    return Err(count_wrong(count, given.max(0) as usize));
                }
                let spreads = statement.spreads();
                let mut values = Vec::with_capacity(count);
                for index in 0..count {
                    let spread = spreads && statement.is_spread(index);
                    let value = match is_listed {
                        true => {
                            ffi::lua_rawgeti(state, first, index as i64 + 1);
                            let at = ffi::lua_gettop(state);
                            let value = value(state, shared, at, dialect, spread);
                            ffi::lua_pop(state, 1);
                            value
                        }
                        false => value(state, shared, first + index as c_int, dialect, spread),
                    };
                    values.push(value.map_err(|wrong| format!("${}: {wrong}", index + 1))?);
                }
                values
            }
            Parameters::Named(names) => {
                if given != 1 || ffi::lua_type(state, first) != ffi::LUA_TTABLE {
                    let shown = names.first().map_or("", String::as_str);
                    return Err(format!(
                        "the statement has names such as `:{shown}`: it is given one table with the values"
                    ));
                }
                named(state, shared, dialect, names, first)?
            }
        };
        if !statement.spreads() {
            let text = prepared.text(dialect).map_err(|wrong| wrong.message)?;
            return Ok(Bound {
                text,
                values,
                spread: None,
            });
        }
        let lists = values.iter().map(|value| match value {
            Parameter::List(list) => Given::List(list.len()),
            _ => Given::One,
        });
        let rendered = statement.render(dialect, &lists.collect::<Vec<_>>());
        let rendered = rendered.map_err(|wrong| wrong.message)?;
        let ordered =
            rendered
                .values
                .iter()
                .map(|(index, element)| match (&mut values[*index], element) {
                    (Parameter::List(list), Some(element)) => {
                        std::mem::replace(&mut list[*element], Parameter::Null)
                    }
                    (value, _) => value.clone(),
                });
        Ok(Bound {
            values: ordered.collect(),
            text: rendered.text.into(),
            spread: Some(rendered.values),
        })
    }
}

fn count_wrong(places: usize, given: usize) -> Wrong {
    let noun = |count, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    format!(
        "the statement has {}, and is given {}",
        noun(places, "place"),
        noun(given, "value")
    )
}

/// # Safety
/// As for [`bound`], with a table at `table`.
unsafe fn named(
    state: *mut lua_State,
    shared: &VmState,
    dialect: Dialect,
    names: &[String],
    table: c_int,
) -> Result<Vec<Parameter>, Wrong> {
    let mut values = Vec::with_capacity(names.len());
    for name in names {
        // SAFETY: the name takes a free slot, and its value the same one. The access is raw.
        unsafe {
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            ffi::lua_rawget(state, table);
            let read = value(state, shared, ffi::lua_gettop(state), dialect, false);
            ffi::lua_pop(state, 1);
            values.push(read.map_err(|wrong| format!(":{name}: {wrong}"))?);
        }
    }
    Ok(values)
}

/// A Lua value. A list that is not spread is a list for PostgreSQL, and JSON for SQLite.
///
/// # Safety
/// As for [`bound`], with a value at `index`.
unsafe fn value(
    state: *mut lua_State,
    shared: &VmState,
    index: c_int,
    dialect: Dialect,
    spread: bool,
) -> Result<Parameter, Wrong> {
    // SAFETY: each value is read by its own type; a string's bytes are copied at once.
    unsafe {
        Ok(match ffi::lua_type(state, index) {
            ffi::LUA_TNIL | ffi::LUA_TNONE => Parameter::Null,
            ffi::LUA_TBOOLEAN => Parameter::Boolean(ffi::lua_toboolean(state, index) != 0),
            ffi::LUA_TNUMBER => Parameter::number(ffi::lua_tonumber(state, index)),
            ffi::LUA_TSTRING => Parameter::Text(bytes(state, index).unwrap_or_default().to_vec()),
            ffi::LUA_TLIGHTUSERDATA if ffi::lua_touserdata(state, index).is_null() => {
                Parameter::Null
            }
            ffi::LUA_TTABLE => return table(state, shared, index, dialect, spread),
            other => {
                let name = std::ffi::CStr::from_ptr(ffi::lua_typename(state, other));
                return Err(format!(
                    "a {} is no value of a database",
                    name.to_string_lossy()
                ));
            }
        })
    }
}

/// # Safety
/// As for [`value`], with a table at `index`.
unsafe fn table(
    state: *mut lua_State,
    shared: &VmState,
    index: c_int,
    dialect: Dialect,
    spread: bool,
) -> Result<Parameter, Wrong> {
    // SAFETY: room for an element is seen to by the caller, and the stack is left as it was. The
    // access is raw. The value is on top where it is encoded.
    unsafe {
        let length = ffi::lua_objlen(state, index);
        let mut out = Vec::new();
        let is_list = {
            let encoder = Encoder::new(state, shared, &mut out);
            encoder.is_sequence(index, length)
        };
        if is_list && (spread || dialect == Dialect::Postgres) {
            let mut list = Vec::with_capacity(length);
            for at in 1..=length {
                ffi::lua_rawgeti(state, index, at as i64);
                let element = value(state, shared, ffi::lua_gettop(state), dialect, false);
                ffi::lua_pop(state, 1);
                list.push(element?);
            }
            return Ok(Parameter::List(list));
        }
        ffi::lua_pushvalue(state, index);
        let encoded = encode(state, shared, &mut out);
        ffi::lua_pop(state, 1);
        encoded.map_err(|error| error.to_string())?;
        Ok(Parameter::Json(out))
    }
}
