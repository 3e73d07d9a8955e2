//! Tasks that answer no request: functions in the background.

use std::rc::Rc;
use std::task::{Context, Poll};

use crate::vm::native::depth::here;
use crate::vm::run::task::{CANCELLED_LIMIT, Fiber, MAIN, ROUNDS, Task};
use crate::vm::run::vm::Vm;
use crate::vm::state::waits::Spawned;
use crate::wait::operation::Outcome;

impl Task {
    /// A function in the background, which runs when the task is polled.
    pub(crate) fn background(vm: &Rc<Vm>, spawned: Spawned) -> Self {
        let mut task = Task::new(vm);
        let state = vm.spare_state();
        state.begin_background(&vm.shared.memory);
        let numbers = vm.shared.coroutines.next_pages();
        state.pages.number_from(numbers);
        task.state = Some(state);
        task.fibers.push(Fiber::new(&spawned.fork, MAIN));
        task.spawned = Some(spawned);
        task
    }

    /// The same in the background: ready when the function has ended.
    pub(crate) fn poll_background(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), String>> {
        if self.vm.shared.waiting.have_ended() {
            self.cancel(None);
            return Poll::Ready(Err("its VM was replaced".to_owned()));
        }
        for _ in 0..ROUNDS {
            let Some((index, outcome)) = self.ready(context) else {
                self.suspend(context);
                return Poll::Pending;
            };
            if let Some(ended) = self.resume_background(index, outcome) {
                return Poll::Ready(ended);
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn resume_background(&mut self, index: usize, outcome: Outcome) -> Option<Result<(), String>> {
        let vm = Rc::clone(&self.vm);
        let shared = &*vm.shared;
        let limit = match self.fibers[index].cancelled {
            true => CANCELLED_LIMIT,
            false => shared.program.options.deadline,
        };
        self.enter();
        // SAFETY: there is no call that this could outlive.
        let began = unsafe { shared.running.go_on(None, limit, here()) };
        let Some(status) = self.give(&vm, index, outcome) else {
            drop(began);
            self.leave();
            vm.collect();
            return None;
        };
        let result = self.outcome(&vm, began, status);
        Some(result.map_err(|failure| failure.text()))
    }

    /// Where a function was given to the background.
    pub(crate) fn place(&self) -> &str {
        self.spawned.as_ref().map_or("", |spawned| &spawned.place)
    }
}
