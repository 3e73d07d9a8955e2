//! Functions of `rover.every` and `rover.cron` that the processes of a program run by turns: their state is on a server,
//! which says whose turn it is.

use std::time::Duration;

use tokio::time::sleep;

use crate::remote::Remote;
use crate::remote::schedule::{Running, Turn};
use crate::service::dispatch::ProgramService;

/// Where the server does not answer, it is asked again after this.
const RETRY: Duration = Duration::from_secs(1);
/// Clocks tell the same time in whole milliseconds.
const LATER: Duration = Duration::from_millis(1);
/// Longer than this nobody waits without a look at the server.
const LONGEST: Duration = Duration::from_secs(60);

impl ProgramService {
    pub(super) async fn take_turns_every(&self, remote: Remote, number: usize, period: Duration) {
        let name = self.vm().scheduled_name(number).to_owned();
        let millis = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
        while !self.background().is_stopping() {
            let pause = match remote.turn_of_every(&name, millis.max(1)).await {
                Ok(Turn::Run(running)) => {
                    self.run_turn(number, "rover.every", running).await;
                    continue;
                }
                Ok(Turn::Wait(left)) => left + LATER,
                Ok(Turn::Another) => LATER,
                Err(_) => RETRY,
            };
            sleep(pause.min(LONGEST)).await;
        }
    }

    /// Runs a function at a time, if no other process does. Where the server does not answer, it is asked until that
    /// time is over.
    pub(super) async fn take_turn_at(
        &self,
        remote: &Remote,
        number: usize,
        time: i64,
        is_over: impl Fn() -> bool,
    ) {
        let name = self.vm().scheduled_name(number).to_owned();
        while !self.background().is_stopping() && !is_over() {
            let pause = match remote.turn_of_cron(&name, time).await {
                Ok(Turn::Run(running)) => {
                    return self.run_turn(number, "rover.cron", running).await;
                }
                Ok(Turn::Another) => return,
                // This clock is far ahead of the server's.
                Ok(Turn::Wait(left)) => left,
                Err(_) => RETRY,
            };
            sleep(pause.min(LONGEST)).await;
        }
    }

    async fn run_turn(&self, number: usize, what: &str, turn: Running) {
        let background = self.background();
        if !background.is_stopping()
            && let Some(task) = self.vm().task_of(number)
        {
            let running = background.enter();
            background.run_until(task, what, turn.lost()).await;
            turn.ran().await;
            drop(running);
        }
    }

    /// Waits for the server that has the program's state, if one has it.
    ///
    /// # Errors
    /// When it is not there, or refuses.
    pub(crate) async fn reach_state(&self) -> Result<(), crate::error::Error> {
        match self.vm().remote() {
            Some(remote) => remote.reach().await,
            None => Ok(()),
        }
    }
}
