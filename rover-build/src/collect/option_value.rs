//! Values of the program's as options.

use mlua::{LuaString, Table, Value};
use rover_model::OptionValue;
use rover_model::guard::PLACEHOLDER;

/// Whether a table is what `rover.db` gave.
fn is_database(table: &Table) -> bool {
    let name = table
        .metatable()
        .map(|meta| meta.raw_get::<LuaString>("__metatable"));
    name.is_some_and(|name| name.is_ok_and(|name| name == "rover.database"))
}

pub(crate) fn option_value(value: &Value, level: usize) -> OptionValue {
    match value {
        Value::String(text) => OptionValue::Text(text.to_string_lossy()),
        Value::Integer(number) => OptionValue::Number(*number as f64),
        Value::Number(number) => OptionValue::Number(*number),
        Value::Boolean(value) => OptionValue::Boolean(*value),
        Value::Table(table) if is_database(table) => OptionValue::Database,
        Value::Table(table) if level < OptionValue::LEVELS => {
            let pairs = table.pairs::<Value, Value>().map(|pair| {
                let (key, value) = pair?;
                Ok((
                    option_value(&key, level + 1),
                    option_value(&value, level + 1),
                ))
            });
            let pairs = pairs.collect::<mlua::Result<Vec<_>>>();
            pairs.map_or(OptionValue::Other, OptionValue::of_pairs)
        }
        _ => OptionValue::Other,
    }
}

/// Whether something stands in an option's value for what the start gives.
pub(crate) fn has_placeholder(value: &OptionValue) -> bool {
    match value {
        OptionValue::Text(text) => text.contains(PLACEHOLDER),
        OptionValue::List(items) => items.iter().any(has_placeholder),
        OptionValue::Table(fields) => fields.iter().any(|(_, value)| has_placeholder(value)),
        _ => false,
    }
}
