//! Functions that run beside requests, and what is waited for when the server stops.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;

use rover_model::LogLevel;
use tokio::sync::Notify;
use tokio::task::spawn_local;

use crate::log::Log;
use crate::vm::{Task, Vm};

/// A worker's functions in the background.
pub(crate) struct Background {
    log: Rc<Log>,
    running: Cell<usize>,
    /// The server stops: nothing that happens again begins.
    stopping: Cell<bool>,
    changed: Notify,
}

/// One of them, as long as it runs.
pub(super) struct Running(Rc<Background>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get() - 1);
        self.0.changed.notify_waiters();
    }
}

impl Background {
    pub(crate) fn new(log: Rc<Log>) -> Self {
        Background {
            log,
            running: Cell::new(0),
            stopping: Cell::new(false),
            changed: Notify::new(),
        }
    }

    /// Begins what handlers have given to the background since this was last asked.
    pub(crate) fn take(self: &Rc<Self>, vm: &Rc<Vm>) {
        for spawned in vm.take_spawned() {
            let task = Task::background(vm, spawned);
            let running = self.enter();
            spawn_local(async move {
                let background = Rc::clone(&running.0);
                background.run(task, "rover.spawn").await;
                drop(running);
            });
        }
    }

    pub(super) fn enter(self: &Rc<Self>) -> Running {
        self.running.set(self.running.get() + 1);
        Running(Rc::clone(self))
    }

    /// Runs a function to its end. An error is told to the log.
    pub(super) async fn run(self: &Rc<Self>, task: Task, what: &str) {
        let place = task.place().to_owned();
        if let Err(text) = self.outcome(task).await {
            let message = format!("{place}{what}: {text}");
            self.log.line(LogLevel::Error, &message, None);
        }
    }

    /// Runs a function to its end, and gives what it failed of.
    pub(super) async fn outcome(self: &Rc<Self>, mut task: Task) -> Result<(), String> {
        let vm = Rc::clone(task.vm());
        poll_fn(|context| {
            let polled = task.poll_background(context);
            self.take(&vm);
            polled
        })
        .await
    }

    /// Runs a function to its end, or until it must not run any more: then its waits are cancelled.
    #[cfg(feature = "redis")]
    pub(super) async fn run_until(
        self: &Rc<Self>,
        mut task: Task,
        what: &str,
        over: impl Future<Output = ()>,
    ) {
        let (vm, place) = (Rc::clone(task.vm()), task.place().to_owned());
        let mut over = std::pin::pin!(over);
        let outcome = poll_fn(|context| {
            if over.as_mut().poll(context).is_ready() {
                task.cancel(None);
                self.take(&vm);
                let text = "it was ended: the server of `state` has not answered for so long that \
                            another process may run it";
                return std::task::Poll::Ready(Err(text.to_owned()));
            }
            let polled = task.poll_background(context);
            self.take(&vm);
            polled
        });
        if let Err(text) = outcome.await {
            let message = format!("{place}{what}: {text}");
            self.log.line(LogLevel::Error, &message, None);
        }
    }

    /// Waits until the server stops.
    #[cfg(feature = "redis")]
    pub(super) async fn stopped(&self) {
        loop {
            let changed = self.changed.notified();
            if self.stopping.get() {
                return;
            }
            changed.await;
        }
    }

    /// Tells the log.
    #[cfg(feature = "redis")]
    pub(super) fn tell(&self, level: LogLevel, message: &str) {
        self.log.line(level, message, None);
    }

    /// Whether the server stops, so that nothing that happens again begins.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Nothing that happens again begins any more.
    pub(crate) fn stop(&self) {
        self.stopping.set(true);
        self.changed.notify_waiters();
    }

    /// Waits until nothing runs.
    pub(crate) async fn all_ended(&self) {
        loop {
            let changed = self.changed.notified();
            if self.running.get() == 0 {
                return;
            }
            changed.await;
        }
    }
}
