//! A program in a VM, and its protected calls.

use std::cell::RefCell;
use std::ffi::c_int;
#[cfg(unix)]
use std::sync::Arc;

use mlua::ffi::{self, lua_State};
use rover_model::{LogLevel, ServerOptions};

#[cfg(unix)]
use crate::files::{front::Files, roots::Roots};
use crate::message::reply::Reply;
use crate::program::Precheck;
#[cfg(unix)]
use crate::vm::files::MOST_OPEN;
use crate::vm::guard::precheck;
use crate::vm::native::depth::here;
use crate::vm::native::{allocator, unwind};
use crate::vm::run::call::end_ctx;
use crate::vm::run::failure::{Failure, raised};
#[cfg(unix)]
use crate::vm::run::machine_code::{self, Compiler};
use crate::vm::run::thread::{FIXED, HANDLERS, ON_ERROR_TRACE, PENDING, RUN, RUNNING};
use crate::vm::state::call::{Argument, Call};
use crate::vm::state::request::{RequestState, Running};
use crate::vm::state::scheduled::Scheduled;
use crate::vm::state::vm::VmState;
use crate::vm::state::waits::Spawned;

/// A buffer that grew beyond this is not kept.
const KEPT_BODY: usize = 64 << 10;
/// So many states of requests are kept for others.
const KEPT_STATES: usize = 16;
/// Above this share of its limit a VM is collected, and replaced where that does not help.
const SPENT_PERCENT: usize = 80;

/// A loaded program.
pub(crate) struct Vm {
    // Dropped before `shared`, to which its closures point.
    pub(crate) _lua: mlua::Lua,
    /// The thread that requests run on, which a table in the registry keeps.
    pub(crate) state: *mut lua_State,
    /// Which hooks the program has.
    pub(crate) hooks: [bool; 2],
    /// By route: the limits that are asked before any Lua runs.
    pub(crate) gates: Vec<Box<[usize]>>,
    pub(crate) options: ServerOptions,
    #[cfg(unix)]
    pub(crate) compiler: Compiler,
    /// What the program has said to run beside requests.
    pub(crate) scheduled: Vec<Scheduled>,
    /// States for requests that may wait.
    #[expect(
        clippy::vec_box,
        reason = "tasks have them in boxes, which go back and forth"
    )]
    pub(crate) spare: RefCell<Vec<Box<RequestState>>>,
    pub(crate) shared: Box<VmState>,
}

impl Drop for Vm {
    fn drop(&mut self) {
        // SAFETY: the state lives until `_lua` is dropped, which is after this. It is closed by
        // the allocator that it was made with.
        unsafe {
            #[cfg(unix)]
            machine_code::leave(self.state, &self.compiler);
            allocator::give_back(self.state, &self.shared);
        }
    }
}

impl Vm {
    /// The options that the program gave.
    pub(crate) fn into_options(mut self) -> ServerOptions {
        std::mem::take(&mut self.options)
    }
}

impl Vm {
    /// Milliseconds that a function in the table of handlers has.
    pub(crate) fn limit(&self, handler: c_int) -> u32 {
        let program = self.shared.program;
        let route = program.routes.get(handler as usize - 1);
        route.map_or(program.options.deadline, |route| route.deadline)
    }

    /// A state for a request that may wait.
    pub(crate) fn spare_state(&self) -> Box<RequestState> {
        self.spare.borrow_mut().pop().unwrap_or_default()
    }

    /// Keeps such a state for another request.
    pub(crate) fn take_spare(&self, state: Box<RequestState>) {
        #[cfg(unix)]
        state.standard_files.reset();
        state.admitted.clear();
        let mut spare = self.spare.borrow_mut();
        if spare.len() < KEPT_STATES {
            spare.push(state);
        }
    }

    /// The server that has the program's state, where it is not this process.
    #[cfg(feature = "redis")]
    pub(crate) fn remote(&self) -> Option<crate::remote::Remote> {
        self.shared.remote.clone()
    }

    /// Whether a handler has given something to the background.
    pub(crate) fn has_spawned(&self) -> bool {
        !self.shared.coroutines.spawned.borrow().is_empty()
    }

    /// Lets the program have files, below the roots.
    #[cfg(unix)]
    pub(crate) fn give_files(&self, roots: &Arc<Roots>) {
        let files = Files::new(Arc::clone(roots), MOST_OPEN);
        self.shared.files.give(files);
    }

    /// A request has ended, between two calls: what files have in their buffers is written, and
    /// what `io.read` and `io.write` meant in it is forgotten.
    pub(crate) fn settle_files(&self) {
        #[cfg(unix)]
        {
            self.shared.running.standard_files.reset();
            if let Some(files) = self.shared.files.get() {
                files.settle();
            }
        }
    }

    /// Takes what was given to the background.
    pub(crate) fn take_spawned(&self) -> Vec<Spawned> {
        self.shared.coroutines.spawned.take()
    }

    /// Between two calls, now and then: looks after what the system refused before.
    #[cfg(unix)]
    pub(crate) fn tick(&self) {
        // SAFETY: the state lives as long as `self`, was watched from its beginning, and runs
        // nothing between two calls.
        unsafe { self.compiler.tick(self.state) };
    }

    /// Takes a body that was sent, for the next one.
    pub(crate) fn give_back(&self, mut body: Vec<u8>) {
        if body.capacity() <= KEPT_BODY {
            body.clear();
            self.shared.body.set(body);
        }
    }

    /// Between two calls: no other of the request follows that would be given the same ctx.
    pub(crate) fn end_ctx(&self) {
        // SAFETY: the request thread is outside of any call, with free slots.
        unsafe { end_ctx(self.state, HANDLERS, RUNNING) };
    }

    /// Clears what a failed call left on the stack.
    pub(crate) fn settle(&self) {
        // SAFETY: the state lives as long as `self` and is outside of any call. The fixed places
        // stay, and nothing is pushed.
        unsafe { ffi::lua_settop(self.state, FIXED) }
    }

    /// Makes a call; its handler begins with checking `first`.
    pub(crate) fn protected(
        &self,
        call: &Call<'_>,
        first: Option<Precheck>,
    ) -> Result<Reply, Failure> {
        let outcome = self.checked(call, first);
        // Whatever has become of the call: nothing of its answer stays for the next.
        let reply = self.shared.running.reply.take();
        Ok(outcome?.unwrap_or(reply))
    }

    /// The same, with the answer left where natives have written it, unless it is a refusal by
    /// what the handler begins with checking.
    fn checked(&self, call: &Call<'_>, first: Option<Precheck>) -> Result<Option<Reply>, Failure> {
        let shared = &*self.shared;
        let running = &shared.running;
        let (limit, body) = (self.limit(call.handler), shared.body.take());
        // SAFETY: `call` is borrowed for longer than this function runs, in which the result is
        // dropped on any way out.
        let began = unsafe { running.begin(call, limit, body, here(), &shared.memory) };
        if let Some(first) = first
            && let Some(reply) = unwind::pure(shared, || {
                // SAFETY: the request thread runs nothing yet, and memory is relaxed.
                unsafe { precheck::begin(self.state, shared, call, first) }
            })
            .flatten()
        {
            drop(began);
            running.end(&shared.memory);
            return Ok(Some(reply));
        }
        let outcome = self.enter(call, began);
        self.conclude(call.handler, outcome).map(|()| None)
    }

    /// After a call's code has ended: what its answer is to be, where it failed in no Lua error.
    #[inline]
    pub(crate) fn conclude(
        &self,
        handler: c_int,
        outcome: Result<(), Failure>,
    ) -> Result<(), Failure> {
        let shared = &*self.shared;
        let running = &shared.running;
        let exceeded = running.end(&shared.memory);
        let failure = running.failure.take();
        self.collect();
        if shared.panics.have_happened() {
            // Whatever the program made of it.
            return Err(Failure::Panic);
        }
        outcome?;
        let failure = failure.map(|mut reason| {
            // There is no traceback: the handler has returned.
            if let Some(place) = shared.written_at(handler) {
                reason.push_str(&format!(" (the handler is at {place})"));
            }
            reason
        });
        let full = || exceeded.then(|| shared.memory.explain());
        if let Some(reason) = failure.or_else(full) {
            // No Lua error happened, so there is no value for a hook but the text.
            // SAFETY: the request thread is outside of any call, where memory is relaxed, and its
            // stack holds little more than the fixed places.
            unsafe { ffi::lua_pushlstring(self.state, reason.as_ptr().cast(), reason.len()) };
            return Err(match shared.is_late() {
                true => Failure::Late(reason),
                false => Failure::Value(reason),
            });
        }
        Ok(())
    }

    /// Runs the protected part of the call that is the running one, and leaves it.
    fn enter(&self, call: &Call<'_>, began: Running<'_>) -> Result<(), Failure> {
        let (state, shared) = (self.state, &*self.shared);
        // SAFETY: `state` is a live Lua thread outside of any call, with what `protect` expects.
        // Before and after it memory is relaxed, so that what it does raises no error.
        unsafe {
            let status = self.protect(call, RUN, 0);
            // After an error others follow.
            if call.wants_ctx && !call.keeps_ctx && status == ffi::LUA_OK {
                end_ctx(state, HANDLERS, RUNNING);
            }
            self.forget_pending();
            drop(began);
            match status {
                ffi::LUA_OK => Ok(()),
                status => Err(Failure::read(state, shared, status)),
            }
        }
    }

    /// Calls one of the thread's fixed functions for the running call, protected. Gives the status; a response
    /// that was thrown has become the answer.
    ///
    /// # Safety
    /// The request thread is outside of any call. Its stack holds the fixed places and, for
    /// [`Argument::Raised`], an error value above them.
    #[inline]
    pub(crate) unsafe fn protect(&self, call: &Call<'_>, function: c_int, results: c_int) -> c_int {
        let (state, shared) = (self.state, &*self.shared);
        let vm: *const VmState = shared;
        let vm = vm.cast_mut().cast();
        // SAFETY: the stack has room for a few values above what the caller says. The function is
        // the closure of `run` or `prepare`, which are given what they expect. Lua errors do
        // not leave `lua_pcall`; before and after it memory is relaxed, so that pushing raises
        // none.
        unsafe {
            if matches!(call.argument, Argument::Raised(..)) {
                // [fixed.., error] becomes [fixed.., function, VmState, error].
                ffi::lua_pushvalue(state, function);
                ffi::lua_insert(state, FIXED + 1);
                ffi::lua_pushlightuserdata(state, vm);
                ffi::lua_insert(state, FIXED + 2);
            } else {
                ffi::lua_settop(state, FIXED);
                ffi::lua_pushvalue(state, function);
                ffi::lua_pushlightuserdata(state, vm);
                ffi::lua_pushnil(state);
            }
            shared.memory.relax(false);
            let mut status = ffi::lua_pcall(state, 2, results, ON_ERROR_TRACE);
            if status != ffi::LUA_OK {
                status = raised(state, shared, status);
            }
            // Nothing protects what follows from an error.
            shared.memory.relax(true);
            status
        }
    }
    /// Collects all garbage where a request has come near the limit, or leaves so much that
    /// the next one might.
    pub(crate) fn collect(&self) {
        let memory = &self.shared.memory;
        let near = memory.take_refused() || memory.above(SPENT_PERCENT);
        if !near && !memory.is_littered() {
            return;
        }
        // SAFETY: the request thread lives and is outside of any call, where memory is not
        // refused.
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
        self.shared.panics.have_happened() || self.shared.memory.above(SPENT_PERCENT)
    }

    /// Ends what waits here: nothing runs in this VM any more.
    pub(crate) fn end_waiting(&self) {
        self.shared.waiting.end();
    }

    /// Lets go of the values that lists were waiting for.
    ///
    /// # Safety
    /// The request thread has a free stack slot.
    pub(crate) unsafe fn forget_pending(&self) {
        for value in 1..=self.shared.running.lists.pending.take() {
            // SAFETY: the caller has seen to the slot, which is free again after each round. The
            // table at `PENDING` has these entries, so that setting them allocates nothing.
            unsafe {
                ffi::lua_pushnil(self.state);
                ffi::lua_rawseti(self.state, PENDING, value.into());
            }
        }
    }
}
