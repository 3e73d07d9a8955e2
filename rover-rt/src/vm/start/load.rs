//! Loading a program into a new VM.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, LightUserData, Lua, LuaOptions, StdLib, Table, Value, ffi};
use rover_model::{
    CHUNK_END, CHUNK_START, COOKIE_OPTIONS, HOOKS, JSON_LUA, MODULES_LUA, Method, RAISED_LUA,
    SERVER_LUA,
};

use crate::error::Error;
use crate::log::Log;
use crate::program::{Program, Route};
use crate::time::pulse::Pulse;
use crate::vm::ctx::members::FUNCTIONS;
use crate::vm::ctx::reads;
use crate::vm::guard::check;
use crate::vm::json::encode::{KeyOrder, MARKED, Ranks};
use crate::vm::library::{limits, patterns};
use crate::vm::native::unwind;
use crate::vm::response::lists::{self, PENDING};
use crate::vm::response::pages;
use crate::vm::response::written;
use crate::vm::run::call::{run, run_thrown};
use crate::vm::run::vm::{FIXED, Vm};
use crate::vm::start::options;
use crate::vm::state::vm::Shared;

const RUNTIME_LUA: &str = include_str!("../../../lua/runtime.lua");

/// The parts that `runtime.lua` loads, by name.
const PARTS: [(&str, &str); 15] = [
    ("lock", include_str!("../../../lua/lock.lua")),
    ("modules", MODULES_LUA),
    ("body", include_str!("../../../lua/body.lua")),
    ("html", include_str!("../../../lua/html.lua")),
    ("html_plain", include_str!("../../../lua/html_plain.lua")),
    ("cookie", include_str!("../../../lua/cookie.lua")),
    ("response", include_str!("../../../lua/response.lua")),
    ("ctx", include_str!("../../../lua/ctx.lua")),
    ("global", include_str!("../../../lua/global.lua")),
    ("direct", include_str!("../../../lua/direct.lua")),
    ("library", include_str!("../../../lua/library.lua")),
    ("gmatch", include_str!("../../../lua/gmatch.lua")),
    ("gsub", include_str!("../../../lua/gsub.lua")),
    ("strings", include_str!("../../../lua/strings.lua")),
    ("sandbox", include_str!("../../../lua/sandbox.lua")),
];

impl From<mlua::Error> for Error {
    fn from(error: mlua::Error) -> Self {
        let text = error.to_string();
        // One line for people; mlua appends a traceback.
        let line = text.split("\nstack traceback:").next().unwrap_or(&text);
        Error::Load(line.to_owned())
    }
}

impl Vm {
    /// Makes a VM, runs the program's chunk in it and takes the handlers.
    pub(crate) fn new(
        program: &'static Program,
        log: Rc<Log>,
        pulse: Arc<Pulse>,
    ) -> Result<Self, Error> {
        // Before the state, which is therefore closed first where loading fails.
        let shared = Box::new(Shared::new(program, log, pulse));
        // With `pcall` and `xpcall` as LuaJIT has them: mlua would put C functions in their
        // places, which no coroutine can yield across and no trace goes through. What they
        // would let pass are panics, which no native of ours raises (see `guard`).
        let options = LuaOptions::new().catch_rust_panics(true);
        // SAFETY: `debug` and `ffi` are only seen by `runtime.lua` and `server.lua`,
        // which take them away before the program runs.
        let lua = unsafe { Lua::unsafe_new_with(StdLib::ALL, options) };
        shared
            .memory
            .set_limit(program.options.memory_limit as usize);
        // SAFETY: the box does not move and is dropped after the state.
        unsafe {
            lua.exec_raw::<()>((), |state| {
                shared.take_allocator(state);
                #[cfg(unix)]
                shared.watch_compiler(state);
            })?;
        }
        let natives = lua.create_table()?;
        natives.set(
            "null",
            Value::LightUserData(LightUserData(std::ptr::null_mut())),
        )?;
        let array = lua.create_table()?;
        let direct = lua.create_table()?;
        let patterns = lua.create_table()?;
        let limits = lua.create_table()?;
        for (table, functions, guarded) in [
            (&natives, &FUNCTIONS[..], Guarded::ByEnter),
            (&natives, &check::FUNCTIONS, Guarded::ByEnter),
            (&direct, &written::FUNCTIONS, Guarded::ByEnter),
            (&direct, &check::DIRECT, Guarded::ByEnter),
            (&patterns, &patterns::FUNCTIONS, Guarded::Themselves),
            (&limits, &limits::FUNCTIONS, Guarded::Themselves),
        ] {
            register(&lua, &shared, table, &array, functions, guarded)?;
        }
        let pending = lua.create_table()?;
        let written = lua.create_table()?;
        let vm: *const Shared = &raw const *shared;
        written.set("vm", LightUserData(vm.cast_mut().cast()))?;
        written.set("done", LightUserData(written::written()))?;
        let addresses = lists::addresses().into_iter().chain(reads::addresses());
        let addresses = addresses.chain(check::addresses());
        for (name, address) in addresses.chain(pages::addresses()) {
            written.set(name, LightUserData(address))?;
        }
        for (name, address) in shared.lists.slots.addresses() {
            written.set(name, LightUserData(address))?;
        }
        let server: Table = lua.load(SERVER_LUA).set_name("=rover").call(())?;
        let runtime = lua.create_table()?;
        runtime.set("native", &natives)?;
        runtime.set("raise", natives.get::<Function>("raise")?)?;
        runtime.set("server", server)?;
        let [encode, decode] = ["json_encode", "json_decode"].map(|n| natives.get::<Function>(n));
        let library = lua.load(JSON_LUA).set_name("=rover");
        let library: Table =
            library.call((encode?, decode?, &array, natives.get::<Function>("raise")?))?;
        let encode: Function = library.get::<Table>("json")?.get("encode")?;
        runtime.set("json", library)?;
        let raised = lua.load(RAISED_LUA).set_name("=rover");
        let null = natives.get::<Value>("null")?;
        let raised: Table = raised.call((encode, null))?;
        let described: Function = raised.get("described")?;
        runtime.set("raised", raised)?;
        runtime.set("load_chunk", load_chunk(&lua, program, direct.clone())?)?;
        runtime.set("Array", &array)?;
        runtime.set("direct", direct)?;
        runtime.set("patterns", patterns)?;
        runtime.set("limits", limits)?;
        runtime.set("chunk", [CHUNK_START, CHUNK_END])?;
        runtime.set("longest", shared.memory.longest() as f64)?;
        runtime.set("written", written)?;
        runtime.set("cookie_options", COOKIE_OPTIONS)?;
        runtime.set("pending", &pending)?;
        // One request runs at a time: there is room for its ctx.
        let running = lua.create_table_with_capacity(0, 4)?;
        runtime.set("running", &running)?;
        runtime.set("part", part(&lua)?)?;
        runtime.set("guard", check::install(&lua, &shared, &natives)?)?;
        runtime.set("load_page", load_page(&lua, program)?)?;
        lua.load(RUNTIME_LUA)
            .set_name("=rover")
            .call::<()>(&runtime)?;
        let http: Table = runtime.get("http")?;
        for (name, function) in [
            (written::BAD_BODY, runtime.get::<Function>("bad_body")?),
            (check::INVALID, runtime.get("invalid")?),
            ("rover.caught", runtime.get("caught")?),
            (check::HTTP_ERROR, http.get("error")?),
            ("rover.json_encode", natives.get("json_encode")?),
        ] {
            lua.set_named_registry_value(name, function)?;
        }
        shared.array_meta.set(array.to_pointer());
        for (known, name) in [
            (&shared.body_meta, "Body"),
            (&shared.html_meta, "Html"),
            (&shared.ctx_meta, "Ctx"),
            (&shared.response_meta, "Response"),
            (&shared.list_meta, "List"),
        ] {
            known.set(runtime.get::<Table>(name)?.to_pointer());
        }
        let order = key_order(&lua, program)?;
        lua.set_named_registry_value(MARKED, runtime.get::<Table>("marked")?)?;
        // It is set once, here, before the program makes schemas, which have an order.
        let _ = shared.order.set(order);
        let (entries, options): (Table, Table) = runtime.get::<Function>("boot")?.call(())?;
        let options = options::read(program, &options)?;
        let (handlers, hooks) = take_handlers(&lua, program, &entries)?;
        let _ = shared.places.set(places(&handlers, program)?);
        let parts = lua.create_table()?;
        parts.push(natives.get::<Function>("trace")?)?;
        parts.push(handlers)?;
        parts.push(runtime.get::<Table>("Ctx")?)?;
        let http_error: Table = http.get("Error")?;
        shared.http_error_meta.set(http_error.to_pointer());
        parts.push(http_error)?;
        parts.push(&pending)?;
        parts.push(running)?;
        parts.push(described)?;
        lua.set_named_registry_value(PENDING, pending)?;
        let state = request_thread(&lua, parts)?;
        let loaded = shared.memory.above(80);
        if loaded {
            let limit = shared.program.options.memory_limit;
            return Err(Error::Load(format!(
                "it takes more than 80 % of `memory_limit` ({limit} bytes)"
            )));
        }
        Ok(Vm {
            _lua: lua,
            state,
            hooks,
            options,
            shared,
        })
    }
}

/// The function by which `runtime.lua` gets its parts' chunks.
fn part(lua: &Lua) -> mlua::Result<Function> {
    lua.create_function(|lua, name: String| {
        let found = PARTS.iter().find(|(part, _)| *part == name);
        let (_, text) = found.ok_or_else(|| mlua::Error::runtime(format!("no part `{name}`")))?;
        lua.load(*text).set_name("=rover").into_function()
    })
}

/// Who keeps the panics of natives from unwinding into Lua.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Guarded {
    /// They do themselves, as they raise Lua errors.
    Themselves,
    /// [`guard::enter`], whose closures have the native as third upvalue.
    ByEnter,
}

/// Makes natives: C closures over the `Shared` and the metatable of arrays.
pub(crate) fn register(
    lua: &Lua,
    shared: &Shared,
    natives: &Table,
    array: &Table,
    functions: &'static [(&std::ffi::CStr, ffi::lua_CFunction)],
    guarded: Guarded,
) -> mlua::Result<()> {
    let shared: *const Shared = shared;
    // SAFETY: two arguments are on the stack of a protected call; every closure takes
    // its upvalues, and the table that is returned is what remains. The functions are
    // static.
    unsafe {
        lua.exec_raw::<()>((natives, array), |state| {
            for (name, function) in functions {
                ffi::lua_pushlightuserdata(state, shared.cast_mut().cast());
                ffi::lua_pushvalue(state, 2);
                match guarded {
                    Guarded::Themselves => ffi::lua_pushcclosure(state, *function, 2),
                    Guarded::ByEnter => {
                        let function: *const ffi::lua_CFunction = function;
                        ffi::lua_pushlightuserdata(state, function.cast_mut().cast());
                        ffi::lua_pushcclosure(state, unwind::enter, 3);
                    }
                }
                ffi::lua_setfield(state, 1, name.as_ptr());
            }
            ffi::lua_settop(state, 0);
        })
    }
}

/// The function by which `runtime.lua` gets a bundled module's chunk.
fn load_chunk(lua: &Lua, program: &'static Program, direct: Table) -> mlua::Result<Function> {
    lua.create_function(move |lua, name: mlua::LuaString| {
        let name = name.to_string_lossy();
        let Some(chunk) = program.chunks.iter().find(|c| c.modules.contains(&&*name)) else {
            return Ok(None);
        };
        let loaded = lua
            .load(chunk.bytecode)
            .set_mode(mlua::chunk::ChunkMode::Binary);
        // The chunk's own function closes over what only compiled code calls.
        loaded.call::<Function>(&direct).map(Some)
    })
}

/// The function by which `runtime.lua` gets a template's chunk.
fn load_page(lua: &Lua, program: &'static Program) -> mlua::Result<Function> {
    lua.create_function(move |lua, number: usize| {
        let page = number.checked_sub(1).and_then(|at| program.pages.get(at));
        let Some(page) = page else {
            return Ok(None);
        };
        let loaded = lua.load(*page).set_mode(mlua::chunk::ChunkMode::Binary);
        loaded.into_function().map(Some)
    })
}

/// Puts the recorded functions where the compiled routes expect them, hooks after
/// them; routes of one side only are an error.
fn take_handlers(
    lua: &Lua,
    program: &Program,
    entries: &Table,
) -> Result<(Table, [bool; 2]), Error> {
    let handlers = lua.create_table()?;
    let mut missing: Vec<&Route> = program.routes.iter().collect();
    let mut extra = Vec::new();
    let mut hooks = [false; 2];
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
            if given && !program.given.contains(&key.as_str()) {
                extra.push(format!("{key} is read by the program"));
            }
            continue;
        }
        let pattern = pattern(&path);
        let method = Method::from_key(&key);
        let same = |r: &Route| Some(r.method) == method && r.pattern == pattern;
        match program.routes.iter().position(same) {
            Some(index) => {
                handlers.raw_set(index + 1, value)?;
                missing.retain(|r| !same(r));
                let name = format!("{} {pattern}", program.routes[index].method);
                if given && !program.given.contains(&name.as_str()) {
                    extra.push(format!("{name} is read by the program"));
                }
            }
            None => extra.push(format!("{} {pattern} is new", key.to_uppercase())),
        }
    }
    let gone = missing
        .iter()
        .map(|r| format!("{} {} is missing", r.method, r.pattern));
    let differences: Vec<String> = gone.chain(extra).collect();
    if differences.is_empty() {
        Ok((handlers, hooks))
    } else {
        Err(Error::Routes(differences.join(", ")))
    }
}

/// Where the handlers and hooks are written, each in the place that it has in their table.
fn places(handlers: &Table, program: &Program) -> mlua::Result<Vec<Option<String>>> {
    let place = |at: usize| {
        let function = match handlers.raw_get(at)? {
            Value::Function(function) => Some(function),
            // One that is called like a function.
            Value::Table(table) => match table.metatable() {
                Some(meta) => meta.raw_get("__call")?,
                None => None,
            },
            _ => None,
        };
        let info = function.map(|function| function.info());
        Ok(info.and_then(|info| Some(format!("{}:{}", info.short_src?, info.line_defined?))))
    };
    (1..=program.routes.len() + HOOKS.len())
        .map(place)
        .collect()
}

/// The path as `Route::pattern` writes it.
fn pattern(path: &[mlua::LuaString]) -> String {
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

/// Interns the field names; their addresses stay valid because a registry table
/// holds them.
fn key_order(lua: &Lua, program: &Program) -> mlua::Result<KeyOrder> {
    let kept = lua.create_table()?;
    let ranks = |names: &[&str]| {
        let mut ranks = Ranks::default();
        for (rank, name) in names.iter().enumerate() {
            let name = lua.create_string(name)?;
            ranks.insert(name.as_bytes().as_ptr().cast(), rank as u32);
            kept.push(name)?;
        }
        mlua::Result::Ok(ranks)
    };
    let common = ranks(program.key_order)?;
    let special = program.special_orders.iter().map(|names| ranks(names));
    let special = special.collect::<mlua::Result<_>>()?;
    lua.set_named_registry_value("rover.key_order", kept)?;
    Ok(KeyOrder { common, special })
}

/// Makes the thread that requests run on, with the fixed values at the bottom of its
/// stack. `parts` holds the message handler, then the upvalues of `run`.
fn request_thread(lua: &Lua, parts: Table) -> Result<*mut ffi::lua_State, Error> {
    let state = Cell::new(std::ptr::null_mut());
    // SAFETY: one argument, the table, is on the stack of a protected call.
    unsafe {
        lua.exec_raw::<()>(&parts, |parent| {
            let thread = ffi::lua_newthread(parent);
            ffi::lua_rawgeti(parent, 1, 1);
            for part in [2, 3, 4, 6] {
                ffi::lua_rawgeti(parent, 1, part);
            }
            ffi::lua_pushcclosure(parent, run, 4);
            ffi::lua_rawgeti(parent, 1, 2);
            ffi::lua_rawgeti(parent, 1, 5);
            ffi::lua_pushcclosure(parent, run_thrown, 0);
            ffi::lua_rawgeti(parent, 1, 7);
            ffi::lua_rawgeti(parent, 1, 6);
            ffi::lua_xmove(parent, thread, FIXED);
            // The registry keeps the table, and the table the thread.
            ffi::lua_rawseti(parent, 1, 0);
            ffi::lua_settop(parent, 0);
            state.set(thread);
        })?;
    }
    lua.set_named_registry_value("rover.parts", parts)?;
    Ok(state.get())
}
