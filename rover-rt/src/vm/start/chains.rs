//! Hooks of paths: the functions that the program has recorded, and the handlers that they are put around.

use std::collections::HashMap;

use mlua::{Function, Lua, Table, Value};
use rover_model::CHAINS;

use crate::program::{PathHook, Program};
use crate::vm::run::role::place_in_handlers;
use crate::vm::start::entries::{path_of, place};

/// The gates of each route.
pub(crate) type RouteGates = Vec<Box<[usize]>>;

/// The hooks of a program while they are recorded, in the order of their numbers.
pub(crate) struct Recorded<'p> {
    program: &'p Program,
    count: usize,
    gates: Gates,
}

/// The hooks before handlers that are asked before any Lua runs, by their numbers: those of `rover.rate_limit`, by
/// what the natives call them.
pub(crate) type Gates = HashMap<u16, usize>;

impl<'p> Recorded<'p> {
    pub(crate) fn new(program: &'p Program) -> Self {
        Recorded {
            program,
            count: 0,
            gates: Gates::new(),
        }
    }

    /// Puts the function of an entry where it belongs, if the entry is a hook's. What differs from the
    /// compiled program is told.
    pub(crate) fn take(
        &mut self,
        handlers: &Table,
        entry: &Table,
        differences: &mut Vec<String>,
    ) -> mlua::Result<bool> {
        let Some(name) = entry.get::<Option<String>>("hook")? else {
            return Ok(false);
        };
        let shown = shown(entry, &name)?;
        let value: Value = entry.get("value")?;
        match self.program.path_hooks.get(self.count) {
            Some(known) if known.name == shown => {
                differences.extend(self.other_function(known, &value)?);
                handlers.raw_set(place_in_handlers(self.program, self.count), value)?;
                self.take_gate(entry)?;
            }
            _ => differences.push(format!("{shown} is new")),
        }
        self.count += 1;
        Ok(true)
    }

    fn take_gate(&mut self, entry: &Table) -> mlua::Result<()> {
        let Some(own) = entry.get::<Option<Table>>("own")? else {
            return Ok(());
        };
        if let (Some(gate), Ok(number)) = (own.raw_get("gate")?, u16::try_from(self.count)) {
            self.gates.insert(number, gate);
        }
        Ok(())
    }

    /// The hooks that need no Lua.
    pub(crate) fn into_gates(self) -> Gates {
        self.gates
    }

    fn other_function(&self, known: &PathHook, value: &Value) -> mlua::Result<Option<String>> {
        let other = place(value)?.filter(|place| {
            self.program.options.from_start
                && !known.function.is_empty()
                && *place != known.function
        });
        let PathHook { name, function, .. } = known;
        Ok(other.map(|place| format!("{name} is the function of {place}, not of {function}")))
    }

    /// Those that the compiled program has beside them.
    pub(crate) fn missing(&self) -> impl Iterator<Item = String> + use<'_> {
        let missing = self.program.path_hooks.iter().skip(self.count);
        missing.map(|hook| format!("{} is missing", hook.name))
    }
}

/// What a hook is called in the plan: `before of /admin: auth`.
fn shown(entry: &Table, name: &str) -> mlua::Result<String> {
    let key: String = entry.get("key")?;
    debug_assert!(CHAINS.contains(&key.as_str()));
    let of = format!("{key} of {}", path_of(entry)?);
    Ok(match name {
        "" => of,
        name => format!("{of}: {name}"),
    })
}

/// Each handler gets the hooks before it, and each hook after a handler what it is called by. Gives the gates
/// of each route: the hooks that begin its chain and need no Lua, which no handler gets.
pub(crate) fn put_hooks_around(
    lua: &Lua,
    program: &Program,
    runtime: &Table,
    handlers: &Table,
    gates: &Gates,
) -> mlua::Result<RouteGates> {
    let with_hooks: Function = runtime.get("with_hooks")?;
    let after_answer: Function = runtime.get("after_answer")?;
    let hook =
        |number: &u16| handlers.raw_get::<Value>(place_in_handlers(program, usize::from(*number)));
    let mut of_routes = RouteGates::new();
    for (index, route) in program.routes.iter().enumerate() {
        let first = route.before.iter().map_while(|number| gates.get(number));
        let first: Box<[usize]> = first.copied().collect();
        let others = &route.before[first.len()..];
        of_routes.push(first);
        if others.is_empty() {
            continue;
        }
        let hooks = others.iter().map(hook);
        let hooks = lua.create_sequence_from(hooks.collect::<mlua::Result<Vec<_>>>()?)?;
        let handler: Value = handlers.raw_get(index + 1)?;
        let handler: Function = with_hooks.call((handler, hooks))?;
        handlers.raw_set(index + 1, handler)?;
    }
    let after = program.routes.iter().flat_map(|route| route.after.iter());
    let after: std::collections::BTreeSet<u16> = after.copied().collect();
    for number in after {
        let called: Function = after_answer.call(hook(&number)?)?;
        handlers.raw_set(place_in_handlers(program, usize::from(number)), called)?;
    }
    Ok(of_routes)
}
