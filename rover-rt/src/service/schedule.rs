//! Functions that the program has said to run at other times than a request's: at the start, again and again, at the end.

use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rover_model::cron::Schedule;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, sleep_until};

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

    /// Runs what the program has given to `rover.every` and `rover.cron`, at its times, and to `redis:subscribe`.
    pub(crate) fn schedule(self: &Rc<Self>) {
        let again = |moment: &Moment| !matches!(moment, Moment::Start | Moment::Stop);
        for (number, moment) in self.vm().scheduled(again) {
            let service = Rc::clone(self);
            spawn_local(async move {
                match moment {
                    Moment::Every(period) => service.run_every(number, period).await,
                    Moment::Cron(schedule) => {
                        service
                            .run_cron(number, &schedule, seconds_since_1970)
                            .await;
                    }
                    #[cfg(feature = "redis")]
                    Moment::Message(to) => service.listen(number, &to).await,
                    Moment::Start | Moment::Stop => {}
                }
            });
        }
    }

    async fn run_every(&self, number: usize, period: Duration) {
        #[cfg(feature = "redis")]
        if let Some(remote) = self.vm().remote() {
            return self.take_turns_every(remote, number, period).await;
        }
        let mut next = Instant::now() + period;
        while !self.background().is_stopping() {
            sleep_until(next).await;
            self.run_scheduled(number, "rover.every").await;
            next += passed(next.elapsed(), period) + period;
        }
    }

    async fn run_cron(&self, number: usize, schedule: &Schedule, seconds: impl Fn() -> i64) {
        #[cfg(feature = "redis")]
        let remote = self.vm().remote();
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
            #[cfg(feature = "redis")]
            if let Some(remote) = &remote {
                let is_over = || schedule.next(next).is_some_and(|after| seconds() >= after);
                self.take_turn_at(remote, number, next, is_over).await;
                last = seconds().max(next);
                continue;
            }
            self.run_scheduled(number, "rover.cron").await;
            last = seconds().max(next);
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

fn seconds_since_1970() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs() as i64)
}

/// The whole periods in a time: what was due in them is left out.
fn passed(time: Duration, period: Duration) -> Duration {
    let rest = time.as_nanos() % period.as_nanos().max(1);
    time - Duration::from_nanos(u64::try_from(rest).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::LocalSet;
    use tokio::time::timeout;

    use super::*;
    use crate::settings::Settings;
    use crate::vm::testing::{ask, program, told};

    /// How often functions begin in so many seconds, of a clock that is moved on where all wait.
    fn begun_in(seconds: u64, manifest: &str) -> String {
        let program = program(manifest, &[], &[("begun", 0)], 0);
        let settings = Settings::new(&program.options);
        let service = ProgramService::new(program, &settings, Arc::default(), Arc::default());
        let service = service.expect("a program that loads");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        LocalSet::new().block_on(&runtime, async {
            let start = Instant::now();
            let now = || start.elapsed().as_secs() as i64;
            let (number, moment) = service.vm().scheduled(|_| true).remove(0);
            let run = async {
                match moment {
                    Moment::Every(period) => service.run_every(number, period).await,
                    Moment::Cron(schedule) => service.run_cron(number, &schedule, now).await,
                    other => panic!("{other:?}"),
                }
            };
            let ended = timeout(Duration::from_secs(seconds), run).await;
            ended.expect_err("it has no end");
        });
        told(&ask(&service.vm(), 0)).1
    }

    /// A function that takes so long and fails every second time.
    fn manifest(word: &str, takes: u64) -> String {
        format!(
            "local api, begun = rover.server {{}}, 0
            {word}, function()
              begun = begun + 1
              rover.sleep({takes})
              if begun % 2 == 0 then error 'every second time' end
            end)
            function api.begun.get() return tostring(begun) end
            return api"
        )
    }

    #[test]
    fn functions_run_at_their_times() {
        // 60, 120, 180, ...
        assert_eq!(begun_in(59, &manifest("rover.every(60", 1)), "0");
        assert_eq!(begun_in(61, &manifest("rover.every(60", 1)), "1");
        assert_eq!(begun_in(601, &manifest("rover.every(60", 1)), "10");
        // At the full minutes, whenever the server was started.
        assert_eq!(begun_in(601, &manifest("rover.cron('* * * * *'", 1)), "10");
        assert_eq!(begun_in(3599, &manifest("rover.cron('0 * * * *'", 1)), "0");
        assert_eq!(
            begun_in(86_401, &manifest("rover.cron('30 */6 * * *'", 1)),
            "4"
        );
    }

    #[test]
    fn what_is_due_while_a_function_runs_is_left_out() {
        // 60 to 150, 180 to 270, 300 to 390, ...
        assert_eq!(begun_in(601, &manifest("rover.every(60", 90)), "5");
        // 120 to 270, 360 to 510, 600 ...
        assert_eq!(
            begun_in(601, &manifest("rover.cron('*/2 * * * *'", 150)),
            "3"
        );
    }
}
