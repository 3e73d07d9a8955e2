//! How a task ends: nobody waits for it any more, its time is over, or its answer is there, and must not be sent yet.

use std::rc::Rc;
#[cfg(feature = "redis")]
use std::task::{Context, Poll};

use mlua::ffi;

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::vm::native::depth::here;
use crate::vm::native::place::innermost;
use crate::vm::run::failure::Failure;
use crate::vm::run::task::Task;
use crate::vm::wait::seats;
use crate::wait::error::WaitError;
use crate::wait::operation::Operation;

impl Task {
    /// Where the answer is there, and waits for something that must have happened.
    #[cfg(feature = "redis")]
    pub(super) fn poll_settling(&mut self, context: &mut Context<'_>) -> Option<Poll<Reply>> {
        let (_, settling) = &mut **self.settling.as_mut()?;
        match settling.as_mut().poll(context) {
            Poll::Pending => {
                self.suspend(context);
                Some(Poll::Pending)
            }
            Poll::Ready(()) => self.take_settled().map(Poll::Ready),
        }
    }

    /// The answer that is there.
    #[cfg(feature = "redis")]
    fn take_settled(&mut self) -> Option<Reply> {
        self.settling.take().map(|settled| settled.0)
    }

    /// Ends it, and answers nobody.
    pub(crate) fn cancel(&mut self, request: Option<&RequestData<'_>>) {
        self.end_waits(request);
        self.vm.shared.running.admitted.clear();
        self.vm.end_ctx();
    }

    /// Each of its waits raises an error, so that the program can put things in order, and nothing
    /// waits any more.
    fn end_waits(&mut self, request: Option<&RequestData<'_>>) {
        if self.vm.shared.panics.have_happened() {
            return;
        }
        let vm = Rc::clone(&self.vm);
        let role = self.role.take();
        while let Some(index) = self.fibers.len().checked_sub(1) {
            if matches!(self.fibers[index].operation, Operation::Start(_)) {
                // It has not begun.
                let seat = self.fibers.remove(index).seat;
                // SAFETY: it was never resumed.
                unsafe { seats::give_back(vm.state, &vm.shared, seat) };
                continue;
            }
            for fiber in &mut self.fibers {
                fiber.cancelled = true;
            }
            let call = role.as_ref().zip(request);
            let call = call.map(|(role, request)| vm.call_for(role, request));
            let limit = self.limit(&vm, call.as_ref().map_or(0, |call| call.handler), index);
            self.enter();
            // SAFETY: `call` outlives what this gives.
            let began = unsafe { vm.shared.running.go_on(call.as_ref(), limit, here()) };
            let ended = self.give(&vm, index, Err(WaitError::cancelled()));
            match ended {
                None => {
                    drop(began);
                    self.leave();
                }
                Some(status) => {
                    // Nobody is told.
                    let _ = self.outcome(&vm, began, status);
                    let _ = vm.shared.running.reply.take();
                    vm.settle();
                }
            }
        }
        self.role = role;
    }

    /// All of its time has passed: it is ended, and answered by what the program has for that. Nothing where that
    /// waits in turn.
    pub(crate) fn time_out(&mut self, request: &RequestData<'_>) -> Option<Reply> {
        #[cfg(feature = "redis")]
        if let Some(reply) = self.take_settled() {
            return Some(reply);
        }
        let vm = Rc::clone(&self.vm);
        let seconds = f64::from(self.timeout()) / 1000.0;
        let place = self.fibers.first().and_then(|fiber| {
            // SAFETY: the coroutine is suspended, with a free slot.
            unsafe { innermost(fiber.seat.thread, 0) }
        });
        let place = place.unwrap_or_default();
        let text = format!(
            "{place}the handler's `timeout` of {seconds} s has passed while it waited here"
        );
        self.end_waits(Some(request));
        let role = self.role.take()?;
        vm.settle();
        // SAFETY: the request thread is outside of any call, where memory is relaxed, and its
        // stack holds the fixed places.
        unsafe { ffi::lua_pushlstring(vm.state, text.as_ptr().cast(), text.len()) };
        self.follow(role, request, Err(Failure::TimedOut(text)))
    }
}
