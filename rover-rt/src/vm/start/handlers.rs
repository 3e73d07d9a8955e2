//! The functions that the program has recorded, and the routes that they belong to.

use std::collections::HashMap;

use mlua::{Lua, Table, Value};
use rover_model::{HOOKS, Method};

use crate::error::Error;
use crate::program::Program;

/// Puts the recorded functions where the compiled routes expect them, hooks after
/// them; routes of one side only are an error.
pub(crate) fn take_handlers(
    lua: &Lua,
    program: &Program,
    entries: &Table,
) -> Result<(Table, [bool; 2]), Error> {
    let handlers = lua.create_table()?;
    let routes = program.routes.iter().enumerate();
    let numbers = routes.map(|(index, route)| ((route.method, &*route.pattern), index));
    let numbers: HashMap<(Method, &str), usize> = numbers.collect();
    let mut missing = vec![true; program.routes.len()];
    let mut extra = Vec::new();
    let mut hooks = [false; 2];
    let is_given = |name: &str| program.given.iter().any(|given| given == name);
    for entry in entries.sequence_values::<Table>() {
        let entry = entry?;
        let path: Vec<mlua::LuaString> = entry.get("path")?;
        let key: String = entry.get("key")?;
        let value: Value = entry.get("value")?;
        let given: bool = entry.get("given")?;
        if let (true, Some(at)) = (path.is_empty(), HOOKS.iter().position(|h| *h == key)) {
            handlers.raw_set(program.routes.len() + at + 1, value)?;
            hooks[at] = true;
            // A handler is compiled for who calls it.
            if given && !is_given(&key) {
                extra.push(format!("{key} is read by the program"));
            }
            continue;
        }
        let pattern = pattern(&path);
        let route = Method::from_key(&key).map(|method| (method, pattern.as_str()));
        match route.and_then(|route| Some((route, *numbers.get(&route)?))) {
            Some((route, index)) => {
                let known = &*program.routes[index].handler;
                if let Some(place) = place(&value)?
                    && program.options.from_start
                    && !known.is_empty()
                    && place != known
                {
                    let name = format!("{} {pattern}", route.0);
                    extra.push(format!("{name} is the function of {place}, not of {known}"));
                }
                handlers.raw_set(index + 1, value)?;
                missing[index] = false;
                let name = format!("{} {pattern}", route.0);
                if given && !is_given(&name) {
                    extra.push(format!("{name} is read by the program"));
                }
            }
            None => extra.push(format!("{} {pattern} is new", key.to_uppercase())),
        }
    }
    let routes = program.routes.iter().zip(&missing);
    let gone = routes
        .filter(|(_, missing)| **missing)
        .map(|(route, _)| format!("{} {} is missing", route.method, route.pattern));
    let differences: Vec<String> = gone.chain(extra).collect();
    if differences.is_empty() {
        Ok((handlers, hooks))
    } else {
        Err(Error::Routes(differences.join(", ")))
    }
}

/// Where the handlers and hooks are written, each in the place that it has in their table.
pub(crate) fn places(handlers: &Table, program: &Program) -> mlua::Result<Vec<Option<String>>> {
    let all = 1..=program.routes.len() + HOOKS.len();
    all.map(|at| place(&handlers.raw_get(at)?)).collect()
}

/// The path as `Route::pattern` writes it.
pub(super) fn pattern(path: &[mlua::LuaString]) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    let mut text = String::new();
    for key in path {
        let key = key.to_string_lossy();
        text.push('/');
        match (key.strip_prefix("p_"), key.strip_prefix("rest_")) {
            (Some(name), _) => text.push_str(&format!("{{{name}}}")),
            (_, Some(name)) => text.push_str(&format!("{{{name}...}}")),
            _ => text.push_str(&key),
        }
    }
    text
}

/// Where a handler's function begins: `routes.lua:12`.
fn place(handler: &Value) -> mlua::Result<Option<String>> {
    let function = match handler {
        Value::Function(function) => Some(function.clone()),
        // One that is called like a function.
        Value::Table(table) => match table.metatable() {
            Some(meta) => meta.raw_get("__call")?,
            None => None,
        },
        _ => None,
    };
    let info = function.map(|function| function.info());
    Ok(info.and_then(|info| {
        let source = info.source?;
        let file = source.trim_start_matches(['@', '=']);
        Some(format!("{file}:{}", info.line_defined?))
    }))
}
