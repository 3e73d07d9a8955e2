//! The options that the program gives at the start.

use mlua::{LuaString, Table, Value};
use rover_model::{FieldProblem, OptionValue, ServerOptions, SetError, WrongField};

use crate::error::Error;
use crate::program::Program;
use crate::vm::start::entries::pattern;

/// Reads them; those that are compiled in must be as in the build. `policies` are those of `cors` that
/// paths have.
pub(crate) fn read(
    program: &Program,
    given: &Table,
    policies: &Table,
) -> Result<ServerOptions, Error> {
    let mut options = ServerOptions::default();
    for pair in given.pairs::<LuaString, Value>() {
        let (name, value) = pair?;
        let name = name.to_string_lossy();
        let set = options.set(&name, &option_value(&value, 0));
        set.map_err(|error| told(&name, error))?;
    }
    for policy in policies.sequence_values::<Table>() {
        let policy = policy?;
        let path: Vec<LuaString> = policy.get("path")?;
        let value: Value = policy.get("value")?;
        let path = pattern(&path);
        let set = options.set_cors(&path, &option_value(&value, 0));
        set.map_err(|error| told(&format!("cors of {path}"), error))?;
    }
    if options.state.is_some() && program.options.state.is_none() {
        let problem = "`state` is given here and was not in the build, where nothing was in the environment: its \
                       handlers cannot wait for a server. Write `state = rover.env.NAME`, or `state = \"memory\"` \
                       where ROVER_STATE is to name one";
        return Err(Error::Option(problem.to_owned()));
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

fn told(name: &str, error: SetError) -> Error {
    Error::Option(match error {
        SetError::Unknown => format!("`{name}` is unknown"),
        SetError::Value(error) => error.to_string(),
        SetError::Routes(wrong) => {
            let wrong = wrong.iter();
            let wrong = wrong.map(|(route, error)| format!("{route}: {error}"));
            format!("`{name}`: {}", wrong.collect::<Vec<_>>().join("; "))
        }
        SetError::Items(wrong) => {
            let wrong = wrong.iter();
            let wrong = wrong.map(|wrong| format!("{}: {}", wrong.problem, wrong.help));
            format!("`{name}`: {}", wrong.collect::<Vec<_>>().join("; "))
        }
        SetError::Fields(wrong) => {
            let wrong: Vec<_> = wrong.iter().map(wrong_field).collect();
            format!("`{name}`: {}", wrong.join("; "))
        }
    })
}

fn wrong_field(wrong: &WrongField) -> String {
    let field = &wrong.field;
    match &wrong.problem {
        FieldProblem::Unknown(_) => format!("`{field}` is unknown"),
        FieldProblem::Missing(help) => format!("`{field}` is missing: say {help}"),
        FieldProblem::Value { problem, help } => format!("`{field}`: {problem}: {help}"),
    }
}

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
