//! The LuaJIT VM: the one module with `unsafe`.
//!
//! Requests run on a Lua thread of their own, so that the stack below a request is
//! always the same: [`HANDLERS`] and its neighbours. Everything a request does in Lua
//! happens inside one protected call ([`run`]), where an error, running out of memory
//! included, unwinds to `lua_pcall`. Frames that it unwinds own nothing: what they
//! write to lives in [`Call`], which belongs to the caller.
#![allow(unsafe_code)]

mod budget;
mod call;
mod deadline;
mod decode;
mod encode;
mod expect;
mod failure;
mod guard;
mod html;
mod library;
mod lists;
mod lowered;
#[cfg(unix)]
mod machine_code;
mod memory;
mod native;
mod options;
mod reads;
mod respond;
mod scalar;
mod shapes;
mod spare;
mod start;
#[cfg(test)]
mod testing;
mod text;

use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::rc::Rc;
use std::sync::Arc;

use http::StatusCode;
use mlua::ffi::{self, lua_State};
use rover_model::{LogLevel, ServerOptions};

use crate::log::Log;
use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::pattern;
use crate::program::{First, Program, Route};
use crate::time::pulse::Pulse;
use call::{Argument, Call, end_ctx, run, run_thrown};
use deadline::Deadline;
use decode::Decoder;
use encode::KeyOrder;
use expect::Checks;
use failure::{Failure, Raised};
use html::Pages;
use lists::Lists;
use memory::Memory;
use native::{append_string, lossy};
use reads::Made;
use shapes::Shapes;
use text::Replaced;

// Fixed places at the bottom of the request thread's stack.
const ON_ERROR_TRACE: c_int = 1;
const RUN: c_int = 2;
const HANDLERS: c_int = 3;
const PENDING: c_int = 4;
const RUN_THROWN: c_int = 5;
const DESCRIBED: c_int = 6;
const RUNNING: c_int = 7;
const FIXED: c_int = RUNNING;

/// What natives reach through their upvalue; it outlives the Lua state.
pub(crate) struct Shared {
    program: &'static Program,
    log: Rc<Log>,
    /// The running call; null between requests.
    current: Cell<*const Call<'static>>,
    /// Where the handlers and hooks are written: `routes.lua:12`.
    places: OnceCell<Vec<Option<String>>>,
    /// The last error that was not caught.
    raised: RefCell<Raised>,
    order: OnceCell<KeyOrder>,
    array_meta: Cell<*const c_void>,
    body_meta: Cell<*const c_void>,
    html_meta: Cell<*const c_void>,
    ctx_meta: Cell<*const c_void>,
    /// Of tables that can only be lists.
    list_meta: Cell<*const c_void>,
    http_error_meta: Cell<*const c_void>,
    response_meta: Cell<*const c_void>,
    shapes: Shapes,
    decoder: Decoder,
    /// Where `rover.json.encode` writes.
    encoded: UnsafeCell<Vec<u8>>,
    lists: Lists,
    made: Made,
    checks: Checks,
    pages: Pages,
    deadline: Deadline,
    memory: Memory,
    replaced: Replaced,
    #[cfg(unix)]
    compiler: machine_code::Compiler,
    patterns: pattern::Cache,
    /// Where the request's part of the native stack begins.
    stack: Cell<usize>,
    /// Rust code panicked: the VM serves no other request.
    panicked: Cell<bool>,
    /// What the last panic said.
    reason: Cell<Option<String>>,
    /// A buffer for the next response's body.
    body: Cell<Vec<u8>>,
}

impl Shared {
    fn new(program: &'static Program, log: Rc<Log>, pulse: Arc<Pulse>) -> Self {
        Shared {
            program,
            log,
            current: Cell::new(std::ptr::null()),
            places: OnceCell::new(),
            raised: RefCell::default(),
            order: OnceCell::new(),
            array_meta: Cell::new(std::ptr::null()),
            body_meta: Cell::new(std::ptr::null()),
            html_meta: Cell::new(std::ptr::null()),
            ctx_meta: Cell::new(std::ptr::null()),
            list_meta: Cell::new(std::ptr::null()),
            http_error_meta: Cell::new(std::ptr::null()),
            response_meta: Cell::new(std::ptr::null()),
            shapes: Shapes::default(),
            decoder: Decoder::default(),
            encoded: UnsafeCell::default(),
            lists: Lists::default(),
            made: Made::default(),
            checks: Checks::default(),
            pages: Pages::default(),
            deadline: Deadline::new(pulse),
            memory: Memory::new(),
            replaced: Replaced::default(),
            #[cfg(unix)]
            compiler: machine_code::Compiler::default(),
            patterns: pattern::Cache::default(),
            stack: Cell::new(0),
            panicked: Cell::new(false),
            reason: Cell::default(),
            body: Cell::default(),
        }
    }

    /// Where a handler is written: `routes.lua:12`.
    fn written_at(&self, handler: c_int) -> Option<&str> {
        self.places.get()?.get(handler as usize - 1)?.as_deref()
    }

    /// For tests of functions that need no program.
    #[cfg(test)]
    fn bare() -> Self {
        const OPTIONS: crate::program::Options = crate::program::Options {
            host: "",
            port: 0,
            workers: 1,
            log_level: LogLevel::Off,
            health: false,
            limits: rover_model::Limits::DEFAULT,
            deadline: 0,
            memory_limit: 0,
            from_start: false,
            compiled_in: &[],
        };
        static PROGRAM: Program = Program {
            name: "",
            version: "",
            options: OPTIONS,
            given: &[],
            chunks: &[],
            routes: &[],
            static_paths: &rover_model::PerfectMap {
                salt: 0,
                seeds: &[],
                entries: &[],
            },
            dynamic: |_, _| None,
            key_order: &[],
            templates: &[],
            steps: &[],
            guards: &[],
            docs: None,
            special_orders: &[],
            pages: &[],
            html_steps: &[],
        };
        let log = Rc::new(Log::new(LogLevel::Off));
        Shared::new(&PROGRAM, log, Arc::default())
    }
}

/// More than this is not written to the log of one message.
const LOGGED_BYTES: usize = 8 << 10;
/// A buffer that grew beyond this is not kept.
const KEPT_BODY: usize = 64 << 10;
/// Above this share of its limit a VM is collected, and replaced where that does not help.
const SPENT_PERCENT: usize = 80;

/// What a function that is called through the FFI is given first.
///
/// # Safety
/// Lowered code gives the address that `start` gave it, of the `Shared` that outlives
/// the Lua state.
unsafe fn shared<'a>(vm: *const c_void) -> &'a Shared {
    // SAFETY: as the caller's.
    unsafe { &*vm.cast::<Shared>() }
}

/// A loaded program.
pub(crate) struct Vm {
    // Dropped before `shared`, to which its closures point.
    _lua: mlua::Lua,
    state: *mut lua_State,
    hooks: [bool; 2],
    options: ServerOptions,
    shared: Box<Shared>,
}

impl Vm {
    /// The options that the program gave.
    pub(crate) fn into_options(mut self) -> ServerOptions {
        std::mem::take(&mut self.options)
    }
}

/// Functions on the server that replace the runtime's own answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hook {
    /// `api.on_error(ctx, err)`
    Error,
    /// `api.not_found(ctx)`
    NotFound,
}

impl Drop for Vm {
    fn drop(&mut self) {
        // SAFETY: the state is closed after this, by the allocator it was made with.
        unsafe {
            #[cfg(unix)]
            self.shared.leave_compiler(self.state);
            self.shared.give_back_allocator(self.state);
        }
    }
}

impl Vm {
    fn hook_index(&self, hook: Hook) -> c_int {
        self.shared.program.routes.len() as c_int
            + match hook {
                Hook::Error => 1,
                Hook::NotFound => 2,
            }
    }

    /// Milliseconds that a function in the table of handlers has.
    fn limit(&self, handler: c_int) -> u32 {
        let program = self.shared.program;
        let route = program.routes.get(handler as usize - 1);
        route.map_or(program.options.deadline, |route| route.deadline)
    }

    /// Takes a body that was sent, for the next one.
    pub(crate) fn give_back(&self, mut body: Vec<u8>) {
        if body.capacity() <= KEPT_BODY {
            body.clear();
            self.shared.body.set(body);
        }
    }

    /// Runs a route's handler; nothing where it fails.
    pub(crate) fn try_call(&self, route: u16, request: &RequestData<'_>) -> Option<Reply> {
        let reply = self.protected(request, c_int::from(route) + 1, false, Argument::None, None);
        self.settle();
        reply.ok()
    }

    /// Runs a route's handler.
    pub(crate) fn call(&self, route: u16, request: &RequestData<'_>) -> Reply {
        let Route { needs, first, .. } = self.shared.program.routes[usize::from(route)];
        let handler = c_int::from(route) + 1;
        // A hook is given the error value, which only Lua makes.
        let first = first.filter(|_| !self.hooks[Hook::Error as usize]);
        match self.protected(request, handler, needs.ctx, Argument::None, first) {
            Ok(reply) => reply,
            Err(failure) => self.failed(request, failure),
        }
    }

    /// Gives an answer of the runtime's own to the program's hook for it, if it has one.
    pub(crate) fn hook(&self, hook: Hook, request: &RequestData<'_>, standard: Reply) -> Reply {
        if !self.hooks[hook as usize] {
            return standard;
        }
        let status = standard.status.unwrap_or(StatusCode::NOT_FOUND);
        let usual = || status.canonical_reason().unwrap_or("Error");
        let message = standard.message.unwrap_or_else(usual);
        let argument = match hook {
            Hook::Error => Argument::Http(status, message),
            Hook::NotFound => Argument::None,
        };
        match self.protected(request, self.hook_index(hook), true, argument, None) {
            Ok(mut reply) => {
                reply.status.get_or_insert(status);
                for (name, value) in standard.headers() {
                    reply
                        .headers_mut()
                        .entry(name)
                        .or_insert_with(|| value.clone());
                }
                reply
            }
            Err(failure) => self.give_up(request, &failure),
        }
    }

    /// Clears what a failed call left on the stack.
    fn settle(&self) {
        // SAFETY: the state lives as long as `self`, and the fixed places stay.
        unsafe { ffi::lua_settop(self.state, FIXED) }
    }

    fn protected(
        &self,
        request: &RequestData<'_>,
        handler: c_int,
        wants_ctx: bool,
        argument: Argument<'_>,
        first: Option<First>,
    ) -> Result<Reply, Failure> {
        let raised = matches!(argument, Argument::Raised(..));
        let call = Call {
            shared: &self.shared,
            request,
            handler,
            wants_ctx,
            argument,
            form: OnceCell::new(),
            reply: RefCell::new(Reply::into_buffer(self.shared.body.take())),
            failure: RefCell::default(),
        };
        let current: *const Call<'_> = &raw const call;
        self.shared.current.set(current.cast());
        self.give_memory_back();
        self.shared.lists.reset();
        self.shared.pages.reset();
        guard::begin(&self.shared);
        self.shared.deadline.begin(self.limit(handler));
        self.shared.checks.ready.set(None);
        if let Some(first) = first
            && let Some(reply) = guard::pure(&self.shared, || {
                // SAFETY: the VM's state, which runs nothing yet.
                unsafe { expect::begin(self.state, &call, first) }
            })
            .flatten()
        {
            self.shared.current.set(std::ptr::null());
            self.shared.deadline.end();
            self.give_memory_back();
            return Ok(reply);
        }
        let state = self.state;
        // SAFETY: `state` is a live Lua thread whose stack holds the fixed places and,
        // for `Raised`, an error value. `call` outlives the protected call, and `run`
        // is the only one to use the pointer. Lua errors do not leave `lua_pcall`.
        let outcome = unsafe {
            if raised {
                // [fixed.., error] becomes [fixed.., run, call, error].
                ffi::lua_pushvalue(state, RUN);
                ffi::lua_insert(state, FIXED + 1);
                ffi::lua_pushlightuserdata(state, (&raw const call).cast_mut().cast());
                ffi::lua_insert(state, FIXED + 2);
            } else {
                ffi::lua_settop(state, FIXED);
                ffi::lua_pushvalue(state, RUN);
                ffi::lua_pushlightuserdata(state, (&raw const call).cast_mut().cast());
                ffi::lua_pushnil(state);
            }
            self.shared.memory.relax(false);
            let mut status = ffi::lua_pcall(state, 2, 0, ON_ERROR_TRACE);
            if status != ffi::LUA_OK {
                status = self.raised(status, &call);
            }
            // Nothing protects what follows from an error.
            self.shared.memory.relax(true);
            self.shared.current.set(std::ptr::null());
            if wants_ctx {
                end_ctx(state, HANDLERS, RUNNING);
            }
            self.forget_pending();
            self.shared.deadline.end();
            if status == ffi::LUA_OK {
                Ok(())
            } else {
                Err(self.failure(status))
            }
        };
        let exceeded = self.give_memory_back();
        self.collect();
        if self.shared.panicked.get() {
            // Whatever the program made of it.
            return Err(Failure::Panic);
        }
        outcome?;
        let failure = call.failure.into_inner().map(|mut reason| {
            // There is no traceback: the handler has returned.
            if let Some(place) = self.shared.written_at(handler) {
                reason.push_str(&format!(" (the handler is at {place})"));
            }
            reason
        });
        let full = || exceeded.then(|| self.shared.memory.explain());
        if let Some(reason) = failure.or_else(full) {
            // No Lua error happened, so there is no value for a hook but the text.
            // SAFETY: as above; a short string on a stack with room.
            unsafe { ffi::lua_pushlstring(state, reason.as_ptr().cast(), reason.len()) };
            return Err(match self.shared.deadline.has_passed() {
                true => Failure::Late(reason),
                false => Failure::Value(reason),
            });
        }
        Ok(call.reply.into_inner())
    }

    /// What Rust code held for a request is free again; whether there was no room for it.
    fn give_memory_back(&self) -> bool {
        let (held, exceeded) = self.shared.memory.take_back();
        if held {
            self.shared.lists.reset();
            self.shared.pages.reset();
            self.shared.checks.reset();
        }
        exceeded
    }

    /// Collects all garbage where a request has come near the limit, or leaves so much that
    /// the next one might.
    fn collect(&self) {
        let memory = &self.shared.memory;
        let near = memory.take_refused() || memory.above(SPENT_PERCENT);
        if !near && !memory.is_littered() {
            return;
        }
        // SAFETY: outside of any call, where memory is not refused.
        unsafe { memory.collect(self.state) };
        memory.collected();
        if !near {
            return;
        }
        let message = match memory.above(SPENT_PERCENT) {
            true => "the VM is near its memory limit after a full collection: it is replaced",
            false => "the VM was near its memory limit: a full collection has helped",
        };
        self.shared.log.line(LogLevel::Warn, message, None);
    }

    /// Whether another VM should serve the next request: this one's memory is full of what
    /// the program holds, or Rust code panicked in it.
    pub(crate) fn is_spent(&self) -> bool {
        self.shared.panicked.get() || self.shared.memory.above(SPENT_PERCENT)
    }

    /// Lets go of the values that lists were waiting for.
    ///
    /// # Safety
    /// There is a free stack slot.
    unsafe fn forget_pending(&self) {
        for value in 1..=self.shared.lists.pending.take() {
            // SAFETY: the table has these entries, so that nothing is allocated.
            unsafe {
                ffi::lua_pushnil(self.state);
                ffi::lua_rawseti(self.state, PENDING, value.into());
            }
        }
    }
}
