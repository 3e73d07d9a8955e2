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
        options
            .set(&name, &option_value(&value, 0))
            .map_err(|error| {
                Error::Option(match error {
                    SetError::Unknown => format!("`{name}` is unknown"),
                    SetError::Value(error) => error.to_string(),
                    SetError::Routes(wrong) => {
                        let wrong = wrong
                            .iter()
                            .map(|(route, error)| format!("{route}: {error}"));
                        format!("`{name}`: {}", wrong.collect::<Vec<_>>().join("; "))
                    }
                    SetError::Items(wrong) => {
                        let wrong = wrong
                            .iter()
                            .map(|wrong| format!("{}: {}", wrong.problem, wrong.help));
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
