//! `rover.guard` in the VM in which the chunk runs at build.

use mlua::{AnyUserData, Lua, Table, Value, Variadic};
use rover_model::guard::{
    self, Checked, Constant, GUARD_LUA, Given, KINDS, OPTIONS, Schema, Wrong,
};

use crate::analyse::schemas::LuaPatterns;
use crate::collect::json::raise;

/// Tables beyond this depth, cycles too, are no schemas.
const MAX_DEPTH: usize = 64;

/// What is made, or what is wrong: both for Lua.
type Made = (Value, Option<String>);

/// Makes `rover.guard`.
pub(crate) fn install(lua: &Lua) -> mlua::Result<Table> {
    let new = lua.create_function(|lua, (kind, args): (String, Variadic<Value>)| {
        let args: Vec<Given> = args.iter().map(|arg| given(arg, 0)).collect();
        made(lua, Schema::of_kind(&kind, &args, &LuaPatterns::default()))
    })?;
    let with = lua.create_function(
        |lua, (schema, option, args): (Table, String, Variadic<Value>)| {
            let args: Vec<Given> = args.iter().map(|arg| given(arg, 0)).collect();
            let Some(schema) = held(&schema) else {
                return Ok((Value::Nil, Some("a schema is asked for".to_owned())));
            };
            made(lua, schema.with(&option, &args, &LuaPatterns::default()))
        },
    )?;
    let check =
        lua.create_function(|lua, (value, schema): (Value, Value)| check(lua, &value, &schema))?;
    lua.load(GUARD_LUA).set_name("=rover").call((
        new,
        with,
        check,
        KINDS.to_vec(),
        OPTIONS.to_vec(),
        raise(lua)?,
    ))
}

fn made(lua: &Lua, result: Result<Schema, Wrong>) -> mlua::Result<Made> {
    match result {
        Ok(schema) => {
            let schema = lua.create_any_userdata(schema)?;
            Ok((Value::UserData(schema), None))
        }
        Err(wrong) => Ok((Value::Nil, Some(wrong.to_string()))),
    }
}

fn check(lua: &Lua, value: &Value, schema: &Value) -> mlua::Result<Made> {
    let patterns = LuaPatterns::default();
    let wrong = |text: &str| Ok((Value::Nil, Some(text.to_owned())));
    let schema = match Schema::from_given(&given(schema, 0), &patterns) {
        Ok(schema) => schema,
        Err(error) => return wrong(&error.to_string()),
    };
    let mut checked = Checked::default();
    checked.root = match given(value, 0) {
        Given::Nil => guard::Value::Absent,
        given => match Constant::from_given(&given) {
            Some(constant) => checked.constant(&schema, &constant),
            None => return wrong("the value has no JSON form"),
        },
    };
    checked.check(&schema, b"", &patterns);
    match checked.problems.first() {
        Some(problem) => wrong(&format!("{}: {}", problem.field, problem.message)),
        None => Ok((lua_value(lua, &checked, &schema, checked.root)?, None)),
    }
}

/// A Lua value as `rover.guard` sees it.
pub(super) fn given(value: &Value, depth: usize) -> Given {
    match value {
        Value::Nil => Given::Nil,
        Value::LightUserData(address) if address.0.is_null() => Given::Null,
        Value::Boolean(value) => Given::Boolean(*value),
        Value::Integer(value) => Given::Number(*value as f64),
        Value::Number(value) => Given::Number(*value),
        Value::String(text) => match text.to_str() {
            Ok(text) => Given::Text(text.to_owned()),
            Err(_) => Given::Other("a string that is not UTF-8"),
        },
        Value::Table(_) if depth == MAX_DEPTH => Given::Other("a table that is nested too deeply"),
        Value::Table(table) => given_table(table, depth),
        Value::Function(_) => Given::Other("a function"),
        _ => Given::Other("a userdata"),
    }
}

/// The schema that `guard.lua` made of a table.
fn held(table: &Table) -> Option<Schema> {
    let made: AnyUserData = table.metatable()?.raw_get(1).ok()?;
    let schema = made.borrow::<Schema>().ok()?;
    Some(schema.clone())
}

fn given_table(table: &Table, depth: usize) -> Given {
    if let Some(schema) = held(table) {
        return Given::Schema(Box::new(schema));
    }
    let length = table.raw_len();
    // A list may have holes: `:len(nil, 5)` is no table.
    let items = (1..=length).map(|at| table.raw_get(at).unwrap_or(Value::Nil));
    let items = items.map(|item| given(&item, depth + 1)).collect();
    let mut fields = Vec::new();
    for (key, value) in table.pairs::<Value, Value>().flatten() {
        match key {
            Value::String(name) => fields.push((name.to_string_lossy(), given(&value, depth + 1))),
            Value::Integer(at) if (1..=length as i64).contains(&at) => {}
            _ => return Given::Other("a table with such keys"),
        }
    }
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    Given::Table { items, fields }
}

/// A checked value for Lua.
fn lua_value(
    lua: &Lua,
    checked: &Checked,
    schema: &Schema,
    value: guard::Value,
) -> mlua::Result<Value> {
    Ok(match value {
        guard::Value::Null => Value::LightUserData(mlua::LightUserData(std::ptr::null_mut())),
        guard::Value::Boolean(value) => Value::Boolean(value),
        guard::Value::Number(value) => Value::Number(value),
        guard::Value::Text(text) => Value::String(lua.create_string(checked.bytes(b"", text))?),
        guard::Value::Array { first, length } => {
            let table = lua.create_table()?;
            if let guard::Kind::Array(element, _) = &schema.kind {
                for slot in first..first + length {
                    table.raw_push(lua_value(lua, checked, element, checked.slot(slot))?)?;
                }
            }
            Value::Table(table)
        }
        guard::Value::Object { first } => {
            let table = lua.create_table()?;
            for (slot, field) in (first..).zip(schema.fields()) {
                let value = lua_value(lua, checked, &field.schema, checked.slot(slot))?;
                table.raw_set(field.name.as_ref(), value)?;
            }
            Value::Table(table)
        }
        guard::Value::Constant(number) => constant(lua, &checked.constants[number as usize])?,
        guard::Value::Absent | guard::Value::Any(_) | guard::Value::Other(_) => Value::Nil,
    })
}

/// A constant of a schema for Lua.
pub(super) fn constant(lua: &Lua, value: &Constant) -> mlua::Result<Value> {
    Ok(match value {
        Constant::Null => Value::LightUserData(mlua::LightUserData(std::ptr::null_mut())),
        Constant::Boolean(value) => Value::Boolean(*value),
        Constant::Number(value) => Value::Number(*value),
        Constant::Text(text) => Value::String(lua.create_string(text.as_bytes())?),
        Constant::List(items) => {
            let table = lua.create_table()?;
            for item in items.as_ref() {
                table.raw_push(constant(lua, item)?)?;
            }
            Value::Table(table)
        }
        Constant::Record(fields) => {
            let table = lua.create_table()?;
            for (name, value) in fields.as_ref() {
                table.raw_set(name.as_ref(), constant(lua, value)?)?;
            }
            Value::Table(table)
        }
    })
}
