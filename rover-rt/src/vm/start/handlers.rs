//! The functions that the program has recorded, and the routes that they belong to.

use std::collections::HashMap;

use mlua::{Lua, Table, Value};
use rover_model::{HOOKS, Method};

use crate::error::Error;
use crate::program::Program;
use crate::vm::run::role::place_in_handlers;
use crate::vm::start::chains::{Gates, Recorded};
use crate::vm::start::entries::{pattern, place};

/// Puts the recorded functions where the compiled routes expect them, hooks after
/// them; routes of one side only are an error.
pub(crate) fn take_handlers(
    lua: &Lua,
    program: &Program,
    entries: &Table,
) -> Result<(Table, [bool; 2], Gates), Error> {
    let handlers = lua.create_table()?;
    let routes = program.routes.iter().enumerate();
    let numbers = routes.map(|(index, route)| ((route.method, &*route.pattern), index));
    let numbers: HashMap<(Method, &str), usize> = numbers.collect();
    let mut missing = vec![true; program.routes.len()];
    let mut extra = Vec::new();
    let mut hooks = [false; 2];
    let mut of_paths = Recorded::new(program);
    let is_given = |name: &str| program.given.iter().any(|given| given == name);
    for entry in entries.sequence_values::<Table>() {
        let entry = entry?;
        if of_paths.take(&handlers, &entry, &mut extra)? {
            continue;
        }
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
    let gone = gone.chain(of_paths.missing());
    let differences: Vec<String> = gone.chain(extra).collect();
    if differences.is_empty() {
        Ok((handlers, hooks, of_paths.into_gates()))
    } else {
        Err(Error::Routes(differences.join(", ")))
    }
}

/// Where the handlers and hooks are written, each in the place that it has in their table.
pub(crate) fn places(handlers: &Table, program: &Program) -> mlua::Result<Vec<Option<String>>> {
    let all = 1..place_in_handlers(program, program.path_hooks.len());
    all.map(|at| place(&handlers.raw_get(at)?)).collect()
}
