//! Loading a program into a new VM.

#[cfg(unix)]
use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, LightUserData, Lua, LuaOptions, StdLib, Table, Value};
use rover_model::plan::Text;
use rover_model::{
    CHUNK_END, CHUNK_START, JSON_LUA, LIBRARY, RAISED_LUA, SERVER_LUA, ServerOptions,
};

use crate::error::{Error, WrongVariables};
use crate::log::Log;
use crate::program::{Part, Program};
use crate::resources::Resources;
#[cfg(feature = "crypto")]
use crate::sessions::Sessions;
use crate::time::pulse::Pulse;
use crate::vm::admission;
use crate::vm::admission::gate::TOO_MANY;
#[cfg(feature = "crypto")]
use crate::vm::crypto;
use crate::vm::ctx::{self, reads};
#[cfg(feature = "database")]
use crate::vm::database;
#[cfg(unix)]
use crate::vm::files;
use crate::vm::guard::{self, made};
use crate::vm::json;
use crate::vm::json::encode::MARKED;
use crate::vm::library;
use crate::vm::native::raise::{BAD_BODY, HTTP_ERROR, INVALID};
use crate::vm::native::register::{Entry, register};
use crate::vm::native::{allocator, budget};
#[cfg(feature = "client")]
use crate::vm::outbound;
#[cfg(feature = "redis")]
use crate::vm::redis;
#[cfg(feature = "redis")]
use crate::vm::remote;
use crate::vm::response::{self, lists, marker, pages};
use crate::vm::run;
#[cfg(unix)]
use crate::vm::run::machine_code;
use crate::vm::run::scheduled;
use crate::vm::run::thread::request_thread;
use crate::vm::run::vm::Vm;
#[cfg(feature = "crypto")]
use crate::vm::sessions;
use crate::vm::start::chains::{Gates, put_hooks_around};
use crate::vm::start::chunks::{RUNTIME_LUA, load_chunk, load_page, part};
#[cfg(feature = "database")]
use crate::vm::start::databases;
use crate::vm::start::handlers::{places, take_handlers};
#[cfg(feature = "redis")]
use crate::vm::start::redis as open_redis;
use crate::vm::start::{admission as open_admission, options, stores as open_stores};
use crate::vm::state::lists::PENDING;
use crate::vm::state::order::{KeyOrder, Ranks};
use crate::vm::state::vm::VmState;
use crate::vm::stores;
use crate::vm::wait;
use crate::vm::wait::seats::{FIBERS, SEATS};

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
        resources: Arc<Resources>,
    ) -> Result<Self, Error> {
        // Before the state, which is therefore closed first where loading fails.
        let shared = Box::new(VmState::new(program, log, pulse, resources));
        // With `pcall` and `xpcall` as LuaJIT has them: mlua would put C functions in their
        // places, which no coroutine can yield across and no trace goes through. What they
        // would let pass are panics, which no native of ours raises (see `native::unwind`).
        let options = LuaOptions::new().catch_rust_panics(true);
        // SAFETY: `debug` and `ffi` are only seen by `runtime.lua` and `server.lua`,
        // which take them away before the program runs.
        let lua = unsafe { Lua::unsafe_new_with(StdLib::ALL, options) };
        let limit = program.options.memory_limit;
        shared.memory.set_limit(limit as usize);
        #[cfg(unix)]
        let compiler = Cell::new(None);
        // SAFETY: the box does not move and is dropped after the state. The state runs nothing
        // but this C function.
        unsafe {
            lua.exec_raw::<()>((), |state| {
                allocator::take(state, &shared);
                #[cfg(unix)]
                compiler.set(Some(machine_code::watch(state, &shared)));
            })?;
        }
        let tables = Tables::new(&lua, &shared)?;
        let runtime = tables.runtime(&lua, &shared)?;
        lua.load(RUNTIME_LUA)
            .set_name("=rover")
            .call::<()>(&runtime)?;
        let http: Table = runtime.get("http")?;
        let http_error: Table = http.get("Error")?;
        tables.name(&lua, &runtime, &http)?;
        tables.know(&shared, &runtime, &http_error)?;
        // It is set once, here, before the program makes schemas, which have an order.
        let _ = shared.order.set(key_order(&lua, program)?);
        let booted = runtime
            .get::<Function>("boot")?
            .call::<(Table, Table, Table)>(());
        // An error may come of what stands in the place of a variable that is wrong.
        let wrong = shared.schemas.wrong_variables.take();
        if !wrong.is_empty() {
            return Err(Error::Environment(WrongVariables::new(
                &program.environment,
                &wrong,
            )));
        }
        let (entries, options, policies) = booted?;
        let options = options::read(program, &options, &policies)?;
        open_sessions(&shared, &options)?;
        #[cfg(feature = "database")]
        let sessions_in = runtime.get::<Option<usize>>("session_database_number")?;
        #[cfg(feature = "database")]
        shared.databases.keep_sessions_in(sessions_in);
        let (handlers, hooks, gates) = take_handlers(&lua, program, &entries)?;
        let _ = shared.places.set(places(&handlers, program)?);
        // What a server says is waited for, which only a hook in Lua can.
        let gates = match shared.is_elsewhere() {
            true => Gates::new(),
            false => gates,
        };
        let gates = put_hooks_around(&lua, program, &runtime, &handlers, &gates)?;
        let scheduled = scheduled::read(&lua, &runtime.get("scheduled")?)?;
        let raised: Table = runtime.get("raised")?;
        let parts = lua.create_table()?;
        parts.push(tables.natives.get::<Function>("trace")?)?;
        parts.push(handlers)?;
        parts.push(runtime.get::<Table>("Ctx")?)?;
        parts.push(http_error)?;
        parts.push(tables.pending)?;
        parts.push(tables.running)?;
        parts.push(raised.get::<Function>("described")?)?;
        parts.push(tables.seats)?;
        parts.push(tables.last)?;
        let state = request_thread(&lua, parts)?;
        if shared.memory.above(80) {
            return Err(Error::Load(format!(
                "it takes more than 80 % of `memory_limit` ({limit} bytes)"
            )));
        }
        #[cfg(unix)]
        let Some(compiler) = compiler.take() else {
            return Err(Error::Load("the compiler is not watched".to_owned()));
        };
        Ok(Vm {
            _lua: lua,
            state,
            hooks,
            gates,
            options,
            #[cfg(unix)]
            compiler,
            scheduled,
            spare: RefCell::default(),
            shared,
        })
    }
}

/// Makes the keys of the program's sessions ready, and their store.
fn open_sessions(shared: &VmState, options: &ServerOptions) -> Result<(), Error> {
    let Some(given) = &options.sessions else {
        return Ok(());
    };
    #[cfg(feature = "crypto")]
    {
        let store = || shared.resources.sessions();
        // It is set once, here.
        let _ = shared.sessions.set(Sessions::new(given.clone(), store));
        Ok(())
    }
    #[cfg(not(feature = "crypto"))]
    {
        let _ = (shared, given);
        let message = "`sessions` needs the feature `crypto` of the crate rover";
        Err(Error::Option(message.to_owned()))
    }
}

/// What the runtime's Lua is given.
struct Tables {
    /// The metatable of arrays.
    array: Table,
    natives: Table,
    /// What lowered code calls.
    direct: Table,
    patterns: Table,
    limits: Table,
    /// The values that lists wait for.
    pending: Table,
    /// What is kept for each ctx whose request runs.
    running: Table,
    /// The coroutines that handlers run in.
    seats: Table,
    /// The same as keys.
    fibers: Table,
    /// The ctx whose member was read last.
    last: Table,
}

impl Tables {
    fn new(lua: &Lua, shared: &VmState) -> mlua::Result<Self> {
        let tables = Tables {
            array: lua.create_table()?,
            natives: lua.create_table()?,
            direct: lua.create_table()?,
            patterns: lua.create_table()?,
            limits: lua.create_table()?,
            pending: lua.create_table()?,
            // One request runs at a time: there is room for its ctx.
            running: lua.create_table_with_capacity(0, 4)?,
            seats: lua.create_table()?,
            fibers: lua.create_table()?,
            last: lua.create_sequence_from([false])?,
        };
        let weak = lua.create_table_from([("__mode", "k")])?;
        tables.fibers.set_metatable(Some(weak))?;
        let Tables {
            natives, direct, ..
        } = &tables;
        let null = LightUserData(std::ptr::null_mut());
        natives.set("null", Value::LightUserData(null))?;
        natives.set("token", LightUserData(wait::natives::token()))?;
        for (table, functions, entry) in [
            (natives, &ctx::members::FUNCTIONS[..], Entry::Contained),
            (natives, &ctx::form::FUNCTIONS, Entry::Contained),
            (natives, &json::natives::FUNCTIONS, Entry::Contained),
            (natives, &made::FUNCTIONS, Entry::Contained),
            (natives, &guard::environment::FUNCTIONS, Entry::Contained),
            (natives, &response::headers::FUNCTIONS, Entry::Contained),
            (natives, &pages::FUNCTIONS, Entry::Contained),
            (natives, &library::log::FUNCTIONS, Entry::Contained),
            (natives, &library::coding::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "crypto")]
            (natives, &crypto::natives::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "crypto")]
            (natives, &crypto::password::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "crypto")]
            (natives, &crypto::jwt::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "crypto")]
            (natives, &sessions::natives::FUNCTIONS, Entry::Contained),
            #[cfg(all(feature = "crypto", feature = "client"))]
            (natives, &crypto::published::FUNCTIONS, Entry::Contained),
            (natives, &run::errors::FUNCTIONS, Entry::Contained),
            (natives, &wait::natives::FUNCTIONS, Entry::Contained),
            (natives, &stores::natives::FUNCTIONS, Entry::Contained),
            (natives, &admission::natives::FUNCTIONS, Entry::Contained),
            (natives, &stores::natives::CALLING, Entry::Own),
            (natives, &stores::cache::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "client")]
            (natives, &outbound::natives::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "database")]
            (natives, &database::natives::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "database")]
            (natives, &database::walked::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "redis")]
            (natives, &redis::natives::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "redis")]
            (natives, &remote::stores::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "redis")]
            (natives, &remote::cache::FUNCTIONS, Entry::Contained),
            #[cfg(feature = "redis")]
            (natives, &admission::elsewhere::FUNCTIONS, Entry::Contained),
            #[cfg(all(feature = "crypto", feature = "redis"))]
            (natives, &sessions::elsewhere::FUNCTIONS, Entry::Contained),
            #[cfg(unix)]
            (natives, &files::fs::FUNCTIONS, Entry::Contained),
            #[cfg(unix)]
            (natives, &files::io::FUNCTIONS, Entry::Contained),
            (direct, &ctx::body::FUNCTIONS, Entry::Contained),
            (direct, &guard::check::FUNCTIONS, Entry::Contained),
            (direct, &guard::in_place::FUNCTIONS, Entry::Contained),
            (direct, &response::written::FUNCTIONS, Entry::Contained),
            (&tables.patterns, &library::patterns::FUNCTIONS, Entry::Own),
            (&tables.limits, &library::limits::FUNCTIONS, Entry::Own),
        ] {
            register(lua, shared, table, &tables.array, functions, entry)?;
        }
        #[cfg(feature = "client")]
        wait::answer::install(lua, shared)?;
        #[cfg(feature = "database")]
        natives.set("db_open", databases::open(lua, shared)?)?;
        #[cfg(feature = "redis")]
        natives.set("redis_open", open_redis::open(lua, shared)?)?;
        open_stores::install(lua, shared, natives)?;
        natives.set("admission_open", open_admission::open(lua, shared)?)?;
        #[cfg(unix)]
        files::object::install(lua, shared)?;
        Ok(tables)
    }

    /// What lowered code calls through the FFI, and the values that it knows by their addresses.
    fn written(lua: &Lua, shared: &VmState) -> mlua::Result<Table> {
        let written = lua.create_table()?;
        let vm: *const VmState = shared;
        written.set("vm", LightUserData(vm.cast_mut().cast()))?;
        written.set("done", LightUserData(marker::written()))?;
        let declarations = lua.create_table()?;
        let functions = budget::functions().into_iter();
        let functions = functions.chain(lists::functions());
        let functions = functions.chain(reads::functions());
        let functions = functions.chain(guard::in_place::functions());
        let functions = functions.chain(pages::functions());
        let functions = functions.chain(stores::traced::functions());
        #[cfg(feature = "database")]
        let functions = functions.chain(database::walked::functions());
        for traced in functions {
            written.set(traced.name, LightUserData(traced.address))?;
            declarations.set(traced.name, traced.declaration)?;
        }
        let slots = shared.slots.addresses().into_iter();
        for (name, declaration, address) in slots.chain(shared.stores.slots.addresses()) {
            written.set(name, LightUserData(address))?;
            declarations.set(name, declaration)?;
        }
        written.set("declarations", declarations)?;
        Ok(written)
    }

    /// The table that `runtime.lua` is called with.
    fn runtime(&self, lua: &Lua, shared: &VmState) -> mlua::Result<Table> {
        let program = shared.program;
        let native = |name: &str| self.natives.get::<Function>(name);
        let server: Table = lua.load(SERVER_LUA).set_name("=rover").call(())?;
        let runtime = lua.create_table()?;
        runtime.set("native", &self.natives)?;
        runtime.set("raise", native("raise")?)?;
        runtime.set("server", server)?;
        let json: Table = lua.load(JSON_LUA).set_name("=rover").call((
            native("json_encode")?,
            native("json_decode")?,
            &self.array,
            native("raise")?,
        ))?;
        let encode: Function = json.get::<Table>("json")?.get("encode")?;
        runtime.set("json", json)?;
        let null = self.natives.get::<Value>("null")?;
        let raised = lua.load(RAISED_LUA).set_name("=rover");
        runtime.set("raised", raised.call::<Table>((encode, null))?)?;
        runtime.set("load_chunk", load_chunk(lua, program, self.direct.clone())?)?;
        runtime.set("Array", &self.array)?;
        runtime.set("direct", &self.direct)?;
        runtime.set(
            "fields",
            Part::FIELDS
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>(),
        )?;
        let set = program.ctx_fields.iter().map(|name| (&**name, true));
        runtime.set("set_fields", lua.create_table_from(set)?)?;
        let library = LIBRARY.lines().map(|name| (name, true));
        runtime.set("library", lua.create_table_from(library)?)?;
        runtime.set("patterns", &self.patterns)?;
        runtime.set("limits", &self.limits)?;
        runtime.set("chunk", [CHUNK_START, CHUNK_END])?;
        runtime.set("longest", shared.memory.longest() as f64)?;
        runtime.set("written", Self::written(lua, shared)?)?;
        runtime.set("pending", &self.pending)?;
        runtime.set("too_many", TOO_MANY)?;
        runtime.set("running", &self.running)?;
        runtime.set("fibers", &self.fibers)?;
        runtime.set("last", &self.last)?;
        runtime.set("part", part(lua)?)?;
        runtime.set(
            "environment",
            lua.create_table_from(shared.resources.environment.added())?,
        )?;
        runtime.set("guard", made::install(lua, shared, &self.natives)?)?;
        runtime.set("load_page", load_page(lua, program)?)?;
        Ok(runtime)
    }

    /// Puts what natives find by name into the registry.
    fn name(&self, lua: &Lua, runtime: &Table, http: &Table) -> mlua::Result<()> {
        for (name, function) in [
            (BAD_BODY, runtime.get::<Function>("bad_body")?),
            (INVALID, runtime.get("invalid")?),
            ("rover.caught", runtime.get("caught")?),
            (HTTP_ERROR, http.get("error")?),
            ("rover.json_encode", self.natives.get("json_encode")?),
        ] {
            lua.set_named_registry_value(name, function)?;
        }
        #[cfg(feature = "database")]
        {
            let kept = runtime.get::<Table>("KeptRows")?;
            lua.set_named_registry_value("rover.kept_rows", kept)?;
        }
        #[cfg(any(feature = "database", feature = "redis"))]
        lua.set_named_registry_value("rover.array", &self.array)?;
        lua.set_named_registry_value("rover.response", runtime.get::<Table>("Response")?)?;
        lua.set_named_registry_value(MARKED, runtime.get::<Table>("marked")?)?;
        lua.set_named_registry_value(SEATS, &self.seats)?;
        lua.set_named_registry_value(FIBERS, &self.fibers)?;
        lua.set_named_registry_value(PENDING, &self.pending)
    }

    /// Notes the addresses of the runtime's metatables.
    fn know(&self, shared: &VmState, runtime: &Table, http_error: &Table) -> mlua::Result<()> {
        let metatables = &shared.metatables;
        metatables.array.set(self.array.to_pointer());
        metatables.http_error.set(http_error.to_pointer());
        #[cfg(feature = "database")]
        {
            let kept = runtime.get::<Table>("KeptRows")?;
            metatables.kept_rows.set(kept.to_pointer());
        }
        for (known, name) in [
            (&metatables.body, "Body"),
            (&metatables.html, "Html"),
            (&metatables.ctx, "Ctx"),
            (&metatables.response, "Response"),
            (&metatables.list, "List"),
        ] {
            known.set(runtime.get::<Table>(name)?.to_pointer());
        }
        Ok(())
    }
}

/// Interns the field names; their addresses stay valid because a registry table
/// holds them.
fn key_order(lua: &Lua, program: &Program) -> mlua::Result<KeyOrder> {
    let kept = lua.create_table()?;
    let ranks = |names: &[Text]| {
        let mut ranks = Ranks::default();
        for (rank, name) in names.iter().enumerate() {
            let name = lua.create_string(&**name)?;
            ranks.insert(name.as_bytes().as_ptr().cast(), rank as u32);
            kept.push(name)?;
        }
        mlua::Result::Ok(ranks)
    };
    let common = ranks(&program.key_order)?;
    let special = program.special_orders.iter().map(|names| ranks(names));
    let special = special.collect::<mlua::Result<_>>()?;
    lua.set_named_registry_value("rover.key_order", kept)?;
    Ok(KeyOrder { common, special })
}
