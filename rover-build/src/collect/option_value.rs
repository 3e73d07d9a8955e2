//! Values of the program's as options.

use mlua::Value;
use rover_model::OptionValue;
use rover_model::guard::PLACEHOLDER;

pub(crate) fn option_value(value: &Value, level: usize) -> OptionValue {
    match value {
        Value::String(text) => OptionValue::Text(text.to_string_lossy()),
        Value::Integer(number) => OptionValue::Number(*number as f64),
        Value::Number(number) => OptionValue::Number(*number),
        Value::Boolean(value) => OptionValue::Boolean(*value),
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
