//! The options that the program gives at the start.

use mlua::{LuaString, Table, Value};
use rover_model::{OptionValue, ServerOptions, SetError};

use crate::error::Error;
use crate::program::Program;

/// Reads them; those that are compiled in must be as in the build.
pub(crate) fn read(program: &Program, given: &Table) -> Result<ServerOptions, Error> {
    let mut options = ServerOptions::default();
    for pair in given.pairs::<LuaString, Value>() {
        let (name, value) = pair?;
        let name = name.to_string_lossy();
        options.set(&name, &option_value(&value)).map_err(|error| {
            Error::Option(match error {
                SetError::Unknown => format!("`{name}` is unknown"),
                SetError::Value(error) => error.to_string(),
                SetError::Routes(wrong) => {
                    let wrong = wrong
                        .iter()
                        .map(|(route, error)| format!("{route}: {error}"));
                    format!("`{name}`: {}", wrong.collect::<Vec<_>>().join("; "))
                }
            })
        })?;
    }
    let built = program.options.compiled_in.iter();
    let differs = options.compiled_in().into_iter().find_map(|(name, here)| {
        let (_, built) = built.clone().find(|(other, _)| *other == name)?;
        (here != **built).then(|| {
            format!(
                "`{name}` is {here} here and was {built} in the build, which compiled it in: \
                 give it the same value in both"
            )
        })
    });
    match differs {
        Some(problem) => Err(Error::Option(problem)),
        None => Ok(options),
    }
}

fn option_value(value: &Value) -> OptionValue {
    match value {
        Value::String(text) => OptionValue::Text(text.to_string_lossy()),
        Value::Integer(number) => OptionValue::Number(*number as f64),
        Value::Number(number) => OptionValue::Number(*number),
        Value::Boolean(value) => OptionValue::Boolean(*value),
        Value::Table(table) => {
            let fields = table.pairs::<LuaString, Value>().map(|pair| {
                let (name, value) = pair?;
                Ok((name.to_string_lossy(), option_value(&value)))
            });
            match fields.collect::<mlua::Result<Vec<_>>>() {
                Ok(mut fields) => {
                    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
                    OptionValue::Table(fields)
                }
                Err(_) => OptionValue::Other("table"),
            }
        }
        other => OptionValue::Other(other.type_name()),
    }
}
