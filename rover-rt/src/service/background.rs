//! Functions that run beside requests: those that handlers give to `rover.spawn`, and those that the
//! program has said while it was loaded.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rover_model::LogLevel;
use tokio::sync::Notify;
use tokio::task::spawn_local;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use crate::error::Error;
use crate::log::Log;
use crate::service::dispatch::ProgramService;
use crate::vm::{Moment, Task, Vm};

/// Longer than this no timer waits at once: the clock may be set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// A worker's functions in the background.
pub(crate) struct Background {
    log: Rc<Log>,
    running: Cell<usize>,
    /// The server stops: nothing that happens again begins.
    stopping: Cell<bool>,
    changed: Notify,
}

/// One of them, as long as it runs.
struct Running(Rc<Background>);

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
        if !vm.has_spawned() {
            return;
        }
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

    fn enter(self: &Rc<Self>) -> Running {
        self.running.set(self.running.get() + 1);
        Running(Rc::clone(self))
    }

    /// Runs a function to its end. An error is told to the log.
    async fn run(self: &Rc<Self>, task: Task, what: &str) {
        let place = task.place().to_owned();
        if let Err(text) = self.outcome(task).await {
            let message = format!("{place}{what}: {text}");
            self.log.line(LogLevel::Error, &message, None);
        }
    }

    /// Runs a function to its end, and gives what it failed of.
    async fn outcome(self: &Rc<Self>, mut task: Task) -> Result<(), String> {
        let vm = Rc::clone(task.vm());
        poll_fn(|context| {
            let polled = task.poll_background(context);
            self.take(&vm);
            polled
        })
        .await
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

impl ProgramService {
    /// Runs what the program has given to `rover.on_start`, one after the other.
    pub(crate) async fn start(&self) -> Result<(), Error> {
        let vm = self.vm();
        for (number, _) in vm.scheduled(|moment| matches!(moment, Moment::Start)) {
            let Some(task) = vm.task_of(number) else {
                continue;
            };
            let place = task.place().to_owned();
            let ended = self.background().outcome(task).await;
            ended.map_err(|text| Error::Load(format!("{place}rover.on_start: {text}")))?;
        }
        Ok(())
    }

    /// Runs what the program has given to `rover.on_stop`. An error is told to the log.
    pub(crate) async fn stop(&self) {
        let vm = self.vm();
        for (number, _) in vm.scheduled(|moment| matches!(moment, Moment::Stop)) {
            if let Some(task) = vm.task_of(number) {
                self.background().run(task, "rover.on_stop").await;
            }
        }
    }

    /// Runs what the program has given to `rover.every` and `rover.cron`, at its times.
    pub(crate) fn schedule(self: &Rc<Self>) {
        let again = |moment: &Moment| matches!(moment, Moment::Every(_) | Moment::Cron(_));
        for (number, moment) in self.vm().scheduled(again) {
            let service = Rc::clone(self);
            spawn_local(async move {
                match moment {
                    Moment::Every(period) => service.run_every(number, period).await,
                    Moment::Cron(schedule) => service.run_cron(number, &schedule).await,
                    Moment::Start | Moment::Stop => {}
                }
            });
        }
    }

    async fn run_every(&self, number: usize, period: Duration) {
        let mut times = interval_at(Instant::now() + period, period);
        // Never two at a time: what was missed is left out.
        times.set_missed_tick_behavior(MissedTickBehavior::Skip);
        while !self.background().stopping.get() {
            times.tick().await;
            self.run_scheduled(number, "rover.every").await;
        }
    }

    async fn run_cron(&self, number: usize, schedule: &rover_model::cron::Schedule) {
        let seconds = || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.map_or(0, |now| now.as_secs() as i64)
        };
        let mut last = seconds();
        while let Some(next) = schedule.next(last) {
            // The clock may be set: a time that has passed counts once.
            while seconds() < next {
                let left = Duration::from_secs((next - seconds()).unsigned_abs());
                sleep(left.min(LONGEST_SLEEP)).await;
            }
            if self.background().stopping.get() {
                return;
            }
            last = seconds().max(next);
            self.run_scheduled(number, "rover.cron").await;
        }
    }

    async fn run_scheduled(&self, number: usize, what: &str) {
        let background = self.background();
        if background.stopping.get() {
            return;
        }
        if let Some(task) = self.vm().task_of(number) {
            let running = background.enter();
            background.run(task, what).await;
            drop(running);
        }
    }
}
