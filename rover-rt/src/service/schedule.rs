//! Functions that the program has said to run at other times than a request's: at the start, again and again, at the end.

use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rover_model::cron::Schedule;
use tokio::task::spawn_local;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use crate::error::Error;
use crate::service::dispatch::ProgramService;
use crate::vm::Moment;

/// Longer than this no timer waits at once: the clock may be set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

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
        while !self.background().is_stopping() {
            times.tick().await;
            self.run_scheduled(number, "rover.every").await;
        }
    }

    async fn run_cron(&self, number: usize, schedule: &Schedule) {
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
            if self.background().is_stopping() {
                return;
            }
            last = seconds().max(next);
            self.run_scheduled(number, "rover.cron").await;
        }
    }

    async fn run_scheduled(&self, number: usize, what: &str) {
        let background = self.background();
        if background.is_stopping() {
            return;
        }
        if let Some(task) = self.vm().task_of(number) {
            let running = background.enter();
            background.run(task, what).await;
            drop(running);
        }
    }
}
