//! A request whose handler may wait: it runs in a coroutine of its own, which is suspended where it
//! waits and resumed by whoever polls its task.
//!
//! A task has one fiber for the handler and one for each function that the handler runs beside
//! itself. All of them share the request's state, which stands in the VM's place for it
//! while one of them runs, and here while none does.

use std::ffi::c_int;
use std::rc::Rc;
use std::task::{Context, Poll};

use http::StatusCode;
use mlua::ffi;
use smallvec::SmallVec;

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::vm::guard::precheck;
use crate::vm::native::depth::here;
use crate::vm::native::raise::told_late;
use crate::vm::native::unwind;
use crate::vm::response::respond::respond;
use crate::vm::run::call::push_call;
use crate::vm::run::errors::note;
use crate::vm::run::failure::{Failure, raised};
use crate::vm::run::role::{After, Role};
use crate::vm::run::suspended::{attach, detach};
use crate::vm::run::thread::{FIXED, PREPARE, TABLES};
use crate::vm::run::vm::Vm;
#[cfg(feature = "redis")]
use crate::vm::state::admission::Settling;
use crate::vm::state::call::{Argument, Call};
use crate::vm::state::request::{RequestState, Running};
use crate::vm::state::vm::VmState;
use crate::vm::state::waiting::WaitingPlace;
use crate::vm::state::waits::{Fork, Seat, Spawned};
use crate::vm::wait::outcome::{MOST, push_outcome};
use crate::vm::wait::seats;
use crate::wait::error::WaitError;
use crate::wait::operation::{Operation, Outcome};

/// So often a task goes on in one turn; then it is the others' turn.
pub(super) const ROUNDS: usize = 64;
/// Milliseconds of CPU time that what is cancelled has to end.
pub(super) const CANCELLED_LIMIT: u32 = 100;
/// Free slots that a C function has (`LUA_MINSTACK`).
pub(super) const C_FUNCTION_SLOTS: c_int = 20;
/// The handler's own fiber.
pub(super) const MAIN: u32 = 0;

/// A request that waits, or a function in the background.
pub(crate) struct Task {
    pub(super) vm: Rc<Vm>,
    /// Its state while it waits. While it runs, what is here belongs to nobody.
    pub(super) state: Option<Box<RequestState>>,
    /// What is called; nothing in the background.
    pub(super) role: Option<Role>,
    /// Where the function was given to the background, and whether it is one of those that the option
    /// `max_background` counts.
    pub(super) spawned: Option<Spawned>,
    pub(super) fibers: SmallVec<[Fiber; 1]>,
    /// Where the next look for one that is ready begins.
    next: usize,
    place: WaitingPlace,
    /// The answer, and what must have happened before it is sent.
    #[cfg(feature = "redis")]
    pub(super) settling: Option<Box<(Reply, Settling)>>,
}

/// A coroutine of a task, and what it waits for.
pub(super) struct Fiber {
    number: u32,
    /// Who has begun it.
    parent: u32,
    pub(super) seat: Seat,
    pub(super) operation: Operation,
    /// How many fibers that it has begun have ended since it last waited for one.
    joined: u32,
    pub(super) cancelled: bool,
}

/// How the code of a task has ended: the status of its last call.
pub(super) type Ended = c_int;

impl Task {
    pub(super) fn new(vm: &Rc<Vm>) -> Self {
        Task {
            vm: Rc::clone(vm),
            state: None,
            role: None,
            spawned: None,
            fibers: SmallVec::new(),
            next: 0,
            place: WaitingPlace::default(),
            #[cfg(feature = "redis")]
            settling: None,
        }
    }

    /// Makes a call, which may wait: then the task is what is waited for.
    pub(super) fn begin(
        vm: &Rc<Vm>,
        role: Role,
        request: &RequestData<'_>,
    ) -> Result<Reply, Box<Self>> {
        let mut task = Task::new(vm);
        task.start(role, request).ok_or_else(|| Box::new(task))
    }

    /// The option `timeout` of what is called, in milliseconds; 0 for none.
    pub(crate) fn timeout(&self) -> u32 {
        let program = self.vm.shared.program;
        match self.route() {
            Some(route) => program.routes[usize::from(route)].timeout,
            None => program.options.timeout,
        }
    }

    /// The route whose handler it is.
    pub(crate) fn route(&self) -> Option<u16> {
        self.role.as_ref().and_then(Role::route)
    }

    /// The VM that it runs in.
    pub(crate) fn vm(&self) -> &Rc<Vm> {
        &self.vm
    }

    /// Begins a call. Gives the answer where it does not wait.
    pub(super) fn start(&mut self, role: Role, request: &RequestData<'_>) -> Option<Reply> {
        let vm = Rc::clone(&self.vm);
        let shared = &*vm.shared;
        let call = vm.call_for(&role, request);
        let (limit, body) = (vm.limit(call.handler), shared.body.take());
        let first = vm.first(&role);
        // SAFETY: `call` outlives what this gives, which `run` and what follows drop.
        let began = unsafe {
            shared
                .running
                .begin(&call, limit, body, here(), &shared.memory)
        };
        shared.running.waits.may.set(true);
        if let Some(first) = first
            && let Some(reply) = unwind::pure(shared, || {
                // SAFETY: the request thread runs nothing yet, and memory is relaxed.
                unsafe { precheck::begin(vm.state, shared, &call, first) }
            })
            .flatten()
        {
            drop(began);
            shared.running.end(&shared.memory);
            shared.running.waits.reset();
            return self.follow(role, request, Ok(reply));
        }
        // SAFETY: the request thread is outside of any call, and what an error has left there is what
        // the role says.
        let ended = match unsafe { self.sit(&vm, &call) } {
            // SAFETY: the coroutine was given a function and so many arguments.
            Ok(arguments) => unsafe { self.run(&vm, 0, arguments) },
            Err(status) => Some(status),
        };
        let result = self.finish_turn(&vm, began, ended);
        match result {
            None => {
                self.role = Some(role);
                None
            }
            Some(result) => self.follow(role, request, result),
        }
    }

    /// Gives a call's function and its arguments to a coroutine; how many those are, or the status of the error.
    ///
    /// # Safety
    /// The request thread is outside of any call. Its stack holds the fixed places and, for
    /// [`Argument::Raised`], an error value above them.
    unsafe fn sit(&mut self, vm: &Vm, call: &Call<'_>) -> Result<c_int, Ended> {
        let (state, shared) = (vm.state, &*vm.shared);
        // SAFETY: what Lua code makes is made protected; the other values are made with memory relaxed, in
        // slots that are seen to. They stand above the fixed places, and are moved to a coroutine
        // that runs nothing, which has room for them.
        unsafe {
            if matches!(call.argument, Argument::Raised(..)) {
                match vm.protect(call, PREPARE, ffi::LUA_MULTRET) {
                    ffi::LUA_OK => {}
                    status => return Err(status),
                }
            } else {
                ffi::lua_settop(state, FIXED);
                ffi::lua_checkstack(state, MOST + 10);
                push_call(state, call, TABLES);
            }
            let values = ffi::lua_gettop(state) - FIXED;
            let seat = seats::take(state, shared).ok_or(ffi::LUA_ERRMEM)?;
            ffi::lua_checkstack(seat.thread, values + MOST);
            ffi::lua_xmove(state, seat.thread, values);
            let fork = Fork {
                seat,
                arguments: values - 1,
                fiber: MAIN,
            };
            self.fibers.push(Fiber::new(&fork, MAIN));
            Ok(values - 1)
        }
    }

    /// Goes on with what is ready; gives the answer when it is there.
    pub(crate) fn poll(
        &mut self,
        request: &RequestData<'_>,
        context: &mut Context<'_>,
    ) -> Poll<Reply> {
        if self.vm.shared.waiting.have_ended() {
            self.cancel(Some(request));
            return Poll::Ready(Reply::error(
                StatusCode::SERVICE_UNAVAILABLE,
                "Service Unavailable",
            ));
        }
        #[cfg(feature = "redis")]
        if let Some(settled) = self.poll_settling(context) {
            return settled;
        }
        for _ in 0..ROUNDS {
            let Some((index, outcome)) = self.ready(context) else {
                self.suspend(context);
                return Poll::Pending;
            };
            if let Some(reply) = self.resume(request, index, outcome) {
                #[cfg(feature = "redis")]
                if let Some(settling) = self.vm.shared.running.admitted.take_settling() {
                    self.settling = Some(Box::new((reply, settling)));
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                return Poll::Ready(reply);
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Nothing is ready: the task hears of it when its VM ends, too.
    pub(super) fn suspend(&mut self, context: &Context<'_>) {
        self.vm
            .shared
            .waiting
            .enter(&mut self.place, context.waker());
    }

    /// A fiber that may go on, and with what.
    pub(super) fn ready(&mut self, context: &mut Context<'_>) -> Option<(usize, Outcome)> {
        let count = self.fibers.len();
        for step in 0..count {
            let index = (self.next + step) % count;
            let fiber = &mut self.fibers[index];
            let polled = match fiber.cancelled && !matches!(fiber.operation, Operation::Start(_)) {
                true => Poll::Ready(Err(WaitError::cancelled())),
                false => fiber.operation.poll(context, &mut fiber.joined),
            };
            if let Poll::Ready(outcome) = polled {
                self.next = index + 1;
                return Some((index, outcome));
            }
        }
        None
    }

    fn resume(
        &mut self,
        request: &RequestData<'_>,
        index: usize,
        outcome: Outcome,
    ) -> Option<Reply> {
        let vm = Rc::clone(&self.vm);
        let role = self.role.take()?;
        let call = vm.call_for(&role, request);
        let limit = self.limit(&vm, call.handler, index);
        self.enter();
        // SAFETY: `call` outlives what this gives, which what follows drops.
        let began = unsafe { vm.shared.running.go_on(Some(&call), limit, here()) };
        let ended = self.give(&vm, index, outcome);
        match self.finish_turn(&vm, began, ended) {
            None => {
                self.role = Some(role);
                None
            }
            Some(result) => self.follow(role, request, result),
        }
    }

    /// Milliseconds of CPU time that a fiber has until it waits again.
    pub(super) fn limit(&self, vm: &Vm, handler: c_int, index: usize) -> u32 {
        let usual = vm.limit(handler);
        match self.fibers[index].cancelled {
            true if usual == 0 => CANCELLED_LIMIT,
            true => usual.min(CANCELLED_LIMIT),
            false => usual,
        }
    }

    /// Gives an outcome to a fiber, which goes on with it.
    pub(super) fn give(&mut self, vm: &Vm, index: usize, outcome: Outcome) -> Option<Ended> {
        let thread = self.fibers[index].seat.thread;
        // SAFETY: the coroutine is suspended or has not begun, memory is relaxed, and room is seen to.
        unsafe {
            ffi::lua_checkstack(thread, MOST);
            let values = push_outcome(thread, outcome);
            self.run(vm, index, values)
        }
    }

    /// Resumes a fiber with so many values on its stack. Gives how the task has ended, if it has.
    ///
    /// # Safety
    /// This task's state is the running one. The coroutine is suspended, or has a function
    /// below the values; it is in a seat. Memory is relaxed.
    unsafe fn run(&mut self, vm: &Vm, index: usize, values: c_int) -> Option<Ended> {
        let shared = &*vm.shared;
        let Fiber {
            number,
            seat,
            cancelled,
            ..
        } = self.fibers[index];
        let waits = &shared.running.waits;
        waits.cancelled.set(cancelled);
        shared.memory.relax(false);
        // SAFETY: the caller says that it can be resumed with these values. No error leaves
        // `lua_resume`.
        let status = unsafe { ffi::lua_resume_(seat.thread, values) };
        // Nothing protects what follows from an error.
        shared.memory.relax(true);
        self.take_forks(shared, number);
        if status == ffi::LUA_YIELD
            && let Some(operation) = waits.parked.take()
        {
            // SAFETY: the coroutine is suspended: what it has yielded is taken from it.
            unsafe { ffi::lua_settop(seat.thread, 0) };
            self.fibers[index].operation = operation;
            return None;
        }
        let fiber = self.fibers.remove(index);
        match (status, number) {
            // SAFETY: the coroutine has returned, and its results are on its stack.
            (ffi::LUA_OK, MAIN) => Some(unsafe { self.returned(vm, seat) }),
            (ffi::LUA_OK, _) => {
                // SAFETY: the coroutine has returned.
                unsafe { seats::give_back(vm.state, shared, seat) };
                if let Some(parent) = self.fibers.iter_mut().find(|f| f.number == fiber.parent) {
                    parent.joined += 1;
                }
                None
            }
            // SAFETY: the coroutine was ended by an error, which is on its stack, or has yielded to nobody.
            (status, _) => Some(unsafe { self.broken(vm, seat, status) }),
        }
    }

    /// The handler has returned: its result becomes the answer.
    ///
    /// # Safety
    /// The coroutine has returned, with its results on its stack, and memory is relaxed.
    unsafe fn returned(&self, vm: &Vm, seat: Seat) -> Ended {
        let (state, shared) = (vm.state, &*vm.shared);
        // SAFETY: the first result, or nil, is what is moved to the request thread, which is outside of
        // any call and is given as much room as a C function has. What reads it calls no Lua code and raises
        // no error where memory is relaxed, and so is the collection of what it has made.
        let full = unsafe {
            ffi::lua_settop(seat.thread, 1);
            ffi::lua_settop(state, FIXED);
            ffi::lua_checkstack(state, C_FUNCTION_SLOTS);
            ffi::lua_xmove(seat.thread, state, 1);
            seats::give_back(state, shared, seat);
            // In the background nothing is answered.
            if shared.call().is_none() {
                ffi::lua_settop(state, FIXED);
                return ffi::LUA_OK;
            }
            let was_late = shared.is_late();
            let read = unwind::pure(shared, || respond(state, shared));
            if read.is_some() && !was_late && shared.is_late() {
                let text = told_late(shared);
                shared.running.failure.borrow_mut().get_or_insert(text);
            }
            read.is_some() && shared.is_full(state)
        };
        if full {
            let text = shared.memory.explain();
            shared.running.failure.borrow_mut().get_or_insert(text);
        }
        vm.settle();
        ffi::LUA_OK
    }

    /// An error has ended a fiber, and with it the task. A response that was thrown is the answer.
    ///
    /// # Safety
    /// The coroutine was ended by an error, which is on its stack, or has yielded what no native
    /// parked; memory is relaxed.
    unsafe fn broken(&self, vm: &Vm, seat: Seat, status: c_int) -> Ended {
        let (state, shared) = (vm.state, &*vm.shared);
        // SAFETY: the error is moved to the request thread, which is outside of any call. The
        // coroutine's stack is as the error has left it, with a free slot where the error was.
        unsafe {
            ffi::lua_settop(state, FIXED);
            let status = match status {
                ffi::LUA_YIELD => {
                    let text = c"attempt to yield from outside a coroutine";
                    ffi::lua_pushstring(state, text.as_ptr());
                    ffi::LUA_ERRRUN
                }
                status => {
                    ffi::lua_xmove(seat.thread, state, 1);
                    status
                }
            };
            note(state, shared, (seat.thread, 0));
            seats::give_up(state, shared, seat);
            shared.memory.relax(false);
            let status = raised(state, shared, status);
            shared.memory.relax(true);
            status
        }
    }

    /// Takes the fibers that one has begun, and cancels those that it has stopped.
    fn take_forks(&mut self, shared: &VmState, parent: u32) {
        let waits = &shared.running.waits;
        for fork in waits.forks.borrow_mut().drain(..) {
            self.fibers.push(Fiber::new(&fork, parent));
        }
        for number in waits.ended.borrow_mut().drain(..) {
            if let Some(fiber) = self.fibers.iter_mut().find(|f| f.number == number) {
                fiber.cancelled = true;
            }
        }
    }

    /// Ends a turn: the task waits again, or this is what the call has come to.
    fn finish_turn(
        &mut self,
        vm: &Rc<Vm>,
        began: Running<'_>,
        ended: Option<Ended>,
    ) -> Option<Result<Reply, Failure>> {
        let shared = &*vm.shared;
        let Some(status) = ended else {
            drop(began);
            self.leave();
            vm.collect();
            return None;
        };
        let result = self.outcome(vm, began, status);
        let reply = shared.running.reply.take();
        Some(result.map(|()| reply))
    }

    /// What a call that has ended leads to; nothing where another one waits.
    pub(super) fn follow(
        &mut self,
        role: Role,
        request: &RequestData<'_>,
        result: Result<Reply, Failure>,
    ) -> Option<Reply> {
        let vm = Rc::clone(&self.vm);
        let mut after = vm.after(role, request, result);
        loop {
            let role = match after {
                After::Reply(reply) => {
                    vm.end_ctx();
                    return Some(reply);
                }
                After::Call(role) if vm.waits(&role) => return self.start(role, request),
                After::Call(role) => role,
            };
            let result = vm.protected(&vm.call_for(&role, request), None);
            after = vm.after(role, request, result);
        }
    }

    /// What the code of a task has come to; nothing of it is left but the answer.
    pub(super) fn outcome(
        &mut self,
        vm: &Vm,
        began: Running<'_>,
        status: Ended,
    ) -> Result<(), Failure> {
        let (state, shared) = (vm.state, &*vm.shared);
        self.give_up_fibers();
        let handler = shared.call().map(|call| call.handler);
        // SAFETY: the request thread is outside of any call, with free slots and, after an error,
        // that on top. Memory is relaxed.
        let outcome = unsafe {
            vm.forget_pending();
            drop(began);
            match status {
                ffi::LUA_OK => Ok(()),
                status => Err(Failure::read(state, shared, status)),
            }
        };
        shared.running.waits.reset();
        vm.conclude(handler.unwrap_or(0), outcome)
    }

    /// Lets go of the fibers that are left, which no one waits for.
    fn give_up_fibers(&mut self) {
        let vm = Rc::clone(&self.vm);
        for fiber in self.fibers.drain(..) {
            // SAFETY: this is outside of any call, and the coroutine is used by nobody any more.
            unsafe { seats::give_up(vm.state, &vm.shared, fiber.seat) };
        }
    }

    /// The request is this one's from here on.
    pub(super) fn enter(&mut self) {
        if let Some(state) = &self.state {
            // SAFETY: this runs between two calls, so that nothing in either state is borrowed.
            unsafe { self.vm.shared.running.swap(state) };
        }
        let vm = &*self.vm;
        if let Some(main) = self.fibers.first() {
            // SAFETY: the request thread is outside of any call, and memory is relaxed.
            unsafe { attach(vm, main.seat) };
        }
    }

    /// It is no longer, as it waits; what it has in Lua goes with it.
    pub(super) fn leave(&mut self) {
        let vm = &*self.vm;
        if let Some(main) = self.fibers.first() {
            // SAFETY: the request thread is outside of any call, and memory is relaxed.
            unsafe { detach(vm, main.seat) };
        }
        let state = self.state.get_or_insert_with(|| vm.spare_state());
        // SAFETY: this runs between two calls, so that nothing in either state is borrowed.
        unsafe { vm.shared.running.swap(state) };
        // Those that run meanwhile have other pages.
        let numbers = vm.shared.coroutines.next_pages();
        vm.shared.running.pages.number_from(numbers);
    }
}

impl Fiber {
    pub(super) fn new(fork: &Fork, parent: u32) -> Self {
        Fiber {
            number: fork.fiber,
            parent,
            seat: fork.seat,
            operation: Operation::Start(fork.arguments),
            joined: 0,
            cancelled: false,
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if self
            .spawned
            .as_ref()
            .is_some_and(|spawned| spawned.is_counted)
        {
            let background = &self.vm.shared.coroutines.background;
            background.set(background.get().saturating_sub(1));
        }
        self.vm.shared.waiting.leave(&mut self.place);
        self.give_up_fibers();
        if let Some(state) = self.state.take() {
            self.vm.take_spare(state);
        }
        self.vm.settle_files();
    }
}
