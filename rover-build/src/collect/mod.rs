//! Runs the manifest once against the recording server: which routes, options and hooks it
//! defines, or why it does not get that far.
//!
//! The only place where the program's Lua runs at build. What is recorded is not judged here,
//! and no text is looked at but to say what an error means.

pub(crate) mod databases;
pub(crate) mod dependent;
pub(crate) mod entry;
pub(crate) mod environment;
pub(crate) mod explain;
pub(crate) mod json;
pub(crate) mod marks;
pub(crate) mod option_value;
pub(crate) mod raised;
mod redis;
pub(crate) mod schemas;
pub(crate) mod worlds;

mod admission;
mod crypto;
mod handles;
mod library;
mod stores;
mod turn;
mod wait;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mlua::chunk::ChunkMode;
use mlua::{Function, HookTriggers, Lua, LuaOptions, LuaString, StdLib, Table, Value, VmState};
use rover_model::guard::Schema;
use rover_model::{OptionValue, RAISED_LUA, SERVER_LUA};

use crate::analyse::constructors;
use crate::analyse::environment::Mentions;
use crate::analyse::names::names;
use crate::collect::databases::{Database, Databases};
use crate::collect::environment::Environment;
use crate::collect::marks::{Marks, marked};
use crate::diagnostic::codes::program::{compiler_failed, server_not_returned, unfinished};
use crate::diagnostic::codes::syntax::not_lua;
use crate::diagnostic::{Diagnostic, Failure, Position};
use crate::front::function_place::FunctionPlace;
use crate::front::ids::{FileId, FunctionRef};
use crate::front::load::{Sources, extend, load};
use crate::vocabulary;
use dependent::{Defined, Dependent};
pub use entry::OwnHook;
pub(crate) use entry::{Entry, HookEntry, Policy, Recorded};
use library::{Asked as AskedModules, get_info, modules};
use option_value::option_value;
use turn::Turn;
pub(crate) use worlds::{Asked, Word};
use worlds::{World, worlds};

/// A chunk that takes longer than this is taken for one that does not end.
const DEADLINE: Duration = Duration::from_secs(2);
const HOOK_INSTRUCTIONS: u32 = 10_000;
/// More than so many instructions take. A machine that does not let the compiler run for longer
/// says nothing about the chunk.
const LONGEST: Duration = Duration::from_millis(50);

/// What the run showed.
pub(crate) struct Collected {
    pub(crate) entries: Vec<Entry>,
    pub(crate) options: Vec<(String, OptionValue)>,
    /// The policies that paths have.
    pub(crate) policies: Vec<Policy>,
    /// The names of `rover.html`'s components.
    pub(crate) components: BTreeSet<String>,
    /// The functions of the library that the rewriting relies on are what they were.
    pub(crate) keeps_library: bool,
    /// Handlers that the program has read: it may call them itself.
    pub(crate) given: HashSet<FunctionRef>,
    /// The variables of the environment that the program asks for while it loads.
    pub(crate) asked: Vec<Asked>,
    /// Those that it has declared by `rover.env { ... }`.
    pub(crate) declared: Vec<(String, Schema)>,
    /// What depends on them.
    pub(crate) dependent: Dependent,
    /// What the program gives to `rover.db`, in order.
    pub(crate) databases: Vec<Database>,
}

impl Collected {
    /// The program's functions that the runtime calls with a `ctx`; nothing for one that the text does not show.
    pub(crate) fn called(&self) -> Vec<Option<FunctionRef>> {
        let function = |entry: &Entry| match (&entry.hook, &entry.value) {
            (Some(HookEntry { own: Some(own), .. }), _) => own.by.as_ref().map(|by| by.written),
            (_, Recorded::Function(place)) => Some(place.written),
            _ => None,
        };
        self.entries.iter().filter_map(function).collect()
    }

    /// Pairs of functions that are called with the same `ctx`: the second one after the first, or perhaps so.
    pub(crate) fn follow_each_other(&self) -> Vec<(FunctionRef, FunctionRef)> {
        let all: Vec<_> = self.entries.iter().filter_map(Turn::of).collect();
        let mut pairs = Vec::new();
        for first in &all {
            for second in &all {
                if first.comes_before(second) {
                    pairs.push((first.function, second.function));
                }
            }
        }
        pairs
    }

    /// The fields of the option `sessions`.
    pub(crate) fn sessions(&self) -> &[(String, OptionValue)] {
        let option = self.options.iter().find(|(name, _)| name == "sessions");
        match option {
            Some((_, OptionValue::Table(fields))) => fields,
            _ => &[],
        }
    }

    fn defined(&self) -> Defined<'_> {
        Defined {
            entries: &self.entries,
            options: &self.options,
            policies: &self.policies,
        }
    }
}

/// The parts of the standard library that programs do not get, and those that do
/// nothing or are refused while routes are collected.
const SANDBOX_LUA: &str = include_str!("../../lua/sandbox.lua");

/// Reads a program and runs it. Which modules it needs may be seen no earlier.
///
/// # Errors
/// When a file cannot be read, or is no Lua. Beside the sources stands what the run gave, or why
/// it gave no server.
pub(crate) fn load_and_run(
    manifest: &Path,
) -> Result<(Sources, Result<Collected, Vec<Diagnostic>>), Failure> {
    let mut sources = load(manifest)?;
    loop {
        if !sources.absent.is_empty() {
            let absent = sources.absent.clone();
            return Ok((sources, Err(absent)));
        }
        let asked = AskedModules::default();
        let run = run(&sources, &asked, World::default());
        let new = asked.new.take();
        if !new.is_empty() {
            sources = extend(sources, &new)?;
            continue;
        }
        let run = run.map_err(|diagnostic| {
            let broken = asked.broken.take();
            match broken.last().and_then(|module| sources.broken(module)) {
                Some(wrong) => wrong.to_vec(),
                None => vec![*diagnostic],
            }
        });
        let run = run.map(|mut collected| {
            collected.dependent = dependent(&sources, &collected);
            collected
        });
        return Ok((sources, run));
    }
}

/// What depends on the environment, found by running the program in other ones, too. Where it
/// fails there, nothing is known.
fn dependent(sources: &Sources, built: &Collected) -> Dependent {
    let mut dependent = Dependent::default();
    if built.asked.is_empty() {
        return dependent;
    }
    let compared = Mentions::find(&names(sources)).compared;
    let run = |world: World| run(sources, &AskedModules::default(), world).ok();
    for world in worlds(&built.asked, &compared) {
        let Some(other) = run(world.clone()) else {
            continue;
        };
        let alone = |seen: &mut dyn FnMut(Defined<'_>, &Asked)| {
            for (alone, asked) in world.one_by_one(&built.asked) {
                if let Some(single) = run(alone) {
                    seen(single.defined(), &asked);
                }
            }
        };
        dependent.add(
            (built.defined(), other.defined()),
            world.is_of_rover(),
            alone,
        );
    }
    dependent
}

fn run(
    sources: &Sources,
    asked: &AskedModules,
    world: World,
) -> Result<Collected, Box<Diagnostic>> {
    let timed_out = Rc::new(RefCell::new(None));
    let is_build = world.is_build();
    let environment = Environment::new(world);
    let lua = new_vm(&timed_out).map_err(|e| internal(&e))?;
    let marks = Marks::new(sources, &lua).map_err(|e| internal(&e))?;
    let getenv = environment
        .getenv(&lua, sources, Word::Getenv)
        .map_err(|e| internal(&e))?;
    let server: Table = lua
        .load(SERVER_LUA)
        .set_name("=rover")
        .call(())
        .map_err(|e| internal(&e))?;
    let chunks = chunks(sources, &lua)?;
    let manifest = chunks[0].clone();
    let modules = modules(&lua, sources, chunks, asked).map_err(|e| internal(&e))?;
    let null = mlua::LightUserData(std::ptr::null_mut());
    let guard = schemas::install(&lua).map_err(|e| internal(&e))?;
    let components = lua.create_table().map_err(|e| internal(&e))?;
    let names = constructors::constructors(sources);
    let library = json::install(&lua, names).map_err(|e| internal(&e))?;
    let described = described(&lua, &library, null).map_err(|e| internal(&e))?;
    let databases = Databases::default();
    let database = databases
        .install(&lua, sources, is_build)
        .map_err(|e| internal(&e))?;
    let redis = redis::install(&lua, is_build).map_err(|e| internal(&e))?;
    let stores = stores::install(&lua).map_err(|e| internal(&e))?;
    let admission = admission::install(&lua).map_err(|e| internal(&e))?;
    let wait = wait::install(&lua).map_err(|e| internal(&e))?;
    let secrets = crypto::install(&lua).map_err(|e| internal(&e))?;
    let env = environment.words(&lua, sources).map_err(|e| internal(&e))?;
    let keeps_library: Function = lua
        .load(SANDBOX_LUA)
        .set_name("=rover")
        .call((
            &server,
            modules,
            vocabulary::builders().to_vec(),
            null,
            guard,
            &components,
            library,
            getenv,
            wait,
            env,
            database,
            redis,
            stores,
            admission,
            secrets,
        ))
        .map_err(|e| internal(&e))?;
    let result = raised::run(&lua, &manifest, &described);
    if let Some(position) = timed_out.take() {
        return Err(Box::new(unfinished::chunk(position)));
    }
    let result = result.map_err(|e| internal(&e))?;
    let result = result.map_err(|raised| Box::new(raised.diagnostic(sources, &environment)))?;
    let mut collected = read(&marks, &server, &components, result)?;
    collected.asked = environment.asked();
    collected.declared = environment.declared();
    collected.databases = databases.take();
    collected.keeps_library = keeps_library.call(()).map_err(|e| internal(&e))?;
    Ok(collected)
}

/// The function that says what an error value is.
fn described(lua: &Lua, library: &Table, null: mlua::LightUserData) -> mlua::Result<Function> {
    let encode: Function = library.get::<Table>("json")?.get("encode")?;
    let raised = lua.load(RAISED_LUA).set_name("=rover");
    raised.call::<Table>((encode, null))?.get("described")
}

fn internal(error: &mlua::Error) -> Box<Diagnostic> {
    Box::new(compiler_failed::vm(error))
}

fn new_vm(timed_out: &Rc<RefCell<Option<Position>>>) -> mlua::Result<Lua> {
    // With LuaJIT's own `pcall`, as at run time.
    let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().catch_rust_panics(true))?;
    // Compiled code runs no hooks.
    lua.load("jit.off(); jit.flush()").exec()?;
    // The recording server asks for where the program is, and gives functions a metatable.
    let debug = lua.create_table()?;
    debug.set("getinfo", get_info(&lua)?)?;
    let set_metatable = lua.create_function(|lua, (_, meta): (Function, Option<Table>)| {
        lua.set_type_metatable::<Function>(meta);
        Ok(())
    })?;
    debug.set("setmetatable", set_metatable)?;
    lua.globals().set("debug", debug)?;
    let spent = RefCell::new(Spent::default());
    let place = Rc::clone(timed_out);
    let often = HookTriggers::new().every_nth_instruction(HOOK_INSTRUCTIONS);
    lua.set_hook(often, move |lua, debug| {
        if !spent.borrow_mut().is_late(Instant::now()) {
            return Ok(VmState::Continue);
        }
        let file = debug.source().source.map(|s| s.into_owned());
        if let (Some(file), Some(line)) = (file, debug.current_line()) {
            place.borrow_mut().get_or_insert(Position {
                file: chunk_name(Some(file)),
                line,
                column: 0,
            });
        }
        // From now on at every instruction, so that no `pcall` of the chunk's own goes on.
        lua.set_hook(HookTriggers::new().every_nth_instruction(1), |_, _| {
            Err(mlua::Error::runtime("deadline"))
        })?;
        Err(mlua::Error::runtime("deadline"))
    })?;
    Ok(lua)
}

/// The time that the chunk has had, as far as it was seen to run.
#[derive(Default)]
struct Spent {
    time: Duration,
    seen: Option<Instant>,
}

impl Spent {
    /// It still runs; whether it has had its time.
    fn is_late(&mut self, now: Instant) -> bool {
        if let Some(before) = self.seen.replace(now) {
            self.time += now.duration_since(before).min(LONGEST);
        }
        self.time >= DEADLINE
    }
}

/// Bytecode of lowered texts, given with the names of their files, with debug information.
pub(crate) fn bytecode<'t>(
    sources: &Sources,
    texts: impl Iterator<Item = (&'t str, Cow<'t, [u8]>)>,
) -> Result<Vec<Vec<u8>>, Failure> {
    let lua = Lua::new();
    texts
        .map(|(file, text)| Ok(load_text(&lua, file, &text)?.dump(false)))
        .collect::<mlua::Result<_>>()
        .map_err(|error| sources.failure(vec![*internal(&error)]))
}

fn load_text(lua: &Lua, file: &str, text: &[u8]) -> mlua::Result<Function> {
    lua.load(text)
        .set_name(format!("@{file}"))
        .set_mode(ChunkMode::Text)
        .into_function()
}

/// The chunks of the program's files.
fn chunks(sources: &Sources, lua: &Lua) -> Result<Vec<Function>, Box<Diagnostic>> {
    let files = sources.files.numbered();
    let chunks = files
        .map(|(number, file)| load_text(lua, &file.name, &file.encoded(&marked(number, file))));
    let chunks: mlua::Result<Vec<_>> = chunks.collect();
    chunks.map_err(|error| {
        let (message, position) = raised::located(sources, &error.to_string(), None);
        Box::new(match position {
            Some(position) => not_lua::said(position, &message),
            None => not_lua::said_of_nothing(&message),
        })
    })
}

fn read(
    marks: &Marks<'_>,
    server: &Table,
    components: &Table,
    result: Value,
) -> Result<Collected, Box<Diagnostic>> {
    let function = |name: &str| server.get::<Function>(name).map_err(|e| internal(&e));
    let is_server: bool = function("is_server")?
        .call(&result)
        .map_err(|e| internal(&e))?;
    if !is_server {
        let manifest = &marks.sources.files[FileId::MANIFEST];
        let position = Position {
            file: manifest.name.clone(),
            line: manifest.last_line(),
            column: 0,
        };
        let made: bool = function("is_made")?.call(()).map_err(|e| internal(&e))?;
        return Err(Box::new(server_not_returned::manifest(
            position,
            kind(&result),
            made,
        )));
    }
    let (entries, options, given, policies): (Table, Table, Table, Table) =
        function("seal")?.call(result).map_err(|e| internal(&e))?;
    let given = given
        .sequence_values::<Value>()
        .filter_map(|value| match value {
            Ok(Value::Function(function)) => Some(Ok(marks.place(&function).written?)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
        .collect::<mlua::Result<_>>()
        .map_err(|e| internal(&e))?;
    let entries = entries
        .sequence_values::<Table>()
        .map(|entry| read_entry(marks, &entry?))
        .collect::<mlua::Result<Vec<_>>>()
        .map_err(|e| internal(&e))?;
    let policies = policies
        .sequence_values::<Table>()
        .map(|policy| read_policy(&policy?))
        .collect::<mlua::Result<_>>()
        .map_err(|e| internal(&e))?;
    let options = options
        .pairs::<LuaString, Value>()
        .map(|pair| {
            let (name, value) = pair?;
            Ok((name.to_string_lossy(), option_value(&value, 0)))
        })
        .collect::<mlua::Result<Vec<_>>>()
        .map_err(|e| internal(&e))?;
    let components = components
        .pairs::<LuaString, Value>()
        .map(|pair| Ok(pair?.0.to_string_lossy()))
        .collect::<mlua::Result<_>>()
        .map_err(|e| internal(&e))?;
    Ok(Collected {
        entries,
        options,
        policies,
        components,
        given,
        asked: Vec::new(),
        declared: Vec::new(),
        dependent: Dependent::default(),
        databases: Vec::new(),
        keeps_library: false,
    })
}

/// A value's type with its article.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "nil",
        Value::Boolean(_) => "a boolean",
        Value::Integer(_) | Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Table(_) => "a table",
        Value::Function(_) => "a function",
        Value::Thread(_) => "a thread",
        _ => "a userdata",
    }
}

fn chunk_name(source: Option<String>) -> String {
    source
        .unwrap_or_default()
        .trim_start_matches('@')
        .to_owned()
}

fn read_policy(policy: &Table) -> mlua::Result<Policy> {
    let path: Vec<Value> = policy.get("path")?;
    let entry = Entry {
        path: path.into_iter().map(key_text).collect(),
        key: "cors".to_owned(),
        position: assigned_at(policy)?,
        value: Recorded::Other("a policy"),
        first: None,
        given: false,
        hook: None,
    };
    let value: Value = policy.get("value")?;
    Ok(Policy {
        entry,
        value: option_value(&value, 0),
    })
}

/// A key of a node as a text.
fn key_text(value: Value) -> String {
    match value {
        Value::String(text) => text.to_string_lossy(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        other => other.type_name().to_owned(),
    }
}

/// Where the server has seen an assignment.
fn assigned_at(recorded: &Table) -> mlua::Result<Position> {
    let source: Option<String> = recorded.get("source")?;
    // A C function has no lines.
    let line: Option<i64> = recorded.get("line")?;
    let line = line.and_then(|line| usize::try_from(line).ok());
    Ok(Position {
        file: chunk_name(source),
        line: line.unwrap_or(1),
        column: 0,
    })
}

fn read_entry(marks: &Marks<'_>, entry: &Table) -> mlua::Result<Entry> {
    let path: Vec<Value> = entry.get("path")?;
    let position = assigned_at(entry)?;
    let first = match entry.get("first")? {
        Value::Function(function) => marks.place(&function).written,
        _ => None,
    };
    Ok(Entry {
        path: path.into_iter().map(key_text).collect(),
        key: key_text(entry.get("key")?),
        value: match (entry.get("value")?, entry.get("call")?) {
            (Value::Function(function), _) => Recorded::Function(marks.place(&function)),
            // It is called with itself first: not as the text shows it.
            (_, Value::Function(function)) => Recorded::Function(FunctionPlace {
                written: None,
                ..marks.place(&function)
            }),
            (other, _) => Recorded::Other(kind(&other)),
        },
        position,
        first,
        given: entry.get::<Option<bool>>("given")?.unwrap_or(false),
        hook: read_hook(marks, entry)?,
    })
}

fn read_hook(marks: &Marks<'_>, entry: &Table) -> mlua::Result<Option<HookEntry>> {
    let Some(name) = entry.get::<Option<LuaString>>("hook")? else {
        return Ok(None);
    };
    let own = entry.get::<Option<Table>>("own")?;
    let own = own.map(|own| {
        Ok::<_, mlua::Error>(OwnHook {
            word: own.get("word")?,
            ctx: own.get("ctx")?,
            body: own.get("body")?,
            waits: own.get("waits")?,
            by: own
                .get::<Option<Function>>("by")?
                .map(|by| marks.place(&by)),
            required: own.get::<Option<bool>>("required")?.unwrap_or(false),
        })
    });
    Ok(Some(HookEntry {
        name: name.to_string_lossy(),
        assignment: entry.get::<Value>("assignment")?.to_pointer() as usize,
        is_half: entry.get("half")?,
        own: own.transpose()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_stands_still_is_not_a_chunk_that_does_not_end() {
        let mut spent = Spent::default();
        let mut now = Instant::now();
        for _ in 0..30 {
            assert!(!spent.is_late(now));
            now += DEADLINE;
        }
        let times = DEADLINE.as_micros() / LONGEST.as_micros();
        let late = (0..times).any(|_| {
            now += LONGEST;
            spent.is_late(now)
        });
        assert!(late);
    }
}
