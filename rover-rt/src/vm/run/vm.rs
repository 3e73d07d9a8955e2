//! A program in a VM, and its protected calls.

use std::cell::{OnceCell, RefCell};
use std::ffi::c_int;

use http::StatusCode;
use mlua::ffi::{self, lua_State};
use rover_model::{LogLevel, ServerOptions};

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::program::{First, Route};
use crate::vm::guard::precheck;
use crate::vm::native::unwind;
use crate::vm::run::call::{Argument, Call, end_ctx};
use crate::vm::run::failure::Failure;
use crate::vm::state::vm::Shared;

// Fixed places at the bottom of the request thread's stack.
pub(crate) const ON_ERROR_TRACE: c_int = 1;
pub(crate) const RUN: c_int = 2;
pub(crate) const HANDLERS: c_int = 3;
pub(crate) const PENDING: c_int = 4;
pub(crate) const RUN_THROWN: c_int = 5;
pub(crate) const DESCRIBED: c_int = 6;
pub(crate) const RUNNING: c_int = 7;
pub(crate) const FIXED: c_int = RUNNING;

/// A buffer that grew beyond this is not kept.
const KEPT_BODY: usize = 64 << 10;
/// Above this share of its limit a VM is collected, and replaced where that does not help.
const SPENT_PERCENT: usize = 80;

/// A loaded program.
pub(crate) struct Vm {
    // Dropped before `shared`, to which its closures point.
    pub(crate) _lua: mlua::Lua,
    pub(crate) state: *mut lua_State,
    pub(crate) hooks: [bool; 2],
    pub(crate) options: ServerOptions,
    pub(crate) shared: Box<Shared>,
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
    pub(crate) fn hook_index(&self, hook: Hook) -> c_int {
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
    pub(crate) fn settle(&self) {
        // SAFETY: the state lives as long as `self`, and the fixed places stay.
        unsafe { ffi::lua_settop(self.state, FIXED) }
    }

    pub(crate) fn protected(
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
        unwind::begin(&self.shared);
        self.shared.deadline.begin(self.limit(handler));
        self.shared.checks.ready.set(None);
        if let Some(first) = first
            && let Some(reply) = unwind::pure(&self.shared, || {
                // SAFETY: the VM's state, which runs nothing yet.
                unsafe { precheck::begin(self.state, &call, first) }
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
