//! What the program has given to `redis:subscribe`: its function is called with each message, one after the other, on
//! one worker of the process.

use std::rc::Rc;
use std::time::Duration;

use rover_model::LogLevel;
use tokio::time::sleep;

use crate::redis::subscription::Subscription;
use crate::service::background::Background;
use crate::service::dispatch::ProgramService;
use crate::vm::Subscribed;

/// How long is waited before a server is asked again, at first and at most.
const FIRST: Duration = Duration::from_millis(100);
const MOST: Duration = Duration::from_secs(5);

impl ProgramService {
    /// Listens until the server stops; a connection that is lost is made again.
    pub(super) async fn listen(&self, number: usize, to: &Subscribed) {
        let background = Rc::clone(self.background());
        let place = self.vm().scheduled_at(number);
        let channel = String::from_utf8_lossy(&to.channel);
        let what = format!("{place}redis:subscribe \"{channel}\"");
        let (mut delay, mut is_failing) = (FIRST, false);
        while let Some(server) = self.vm().redis(to.server) {
            let subscribed = server.subscribe(&to.channel, to.is_pattern);
            let Some(subscribed) = unless_stopped(&background, subscribed).await else {
                return;
            };
            match subscribed {
                Ok(subscription) => {
                    if std::mem::take(&mut is_failing) {
                        background
                            .tell(LogLevel::Info, &format!("{what}: there are messages again"));
                    }
                    delay = FIRST;
                    self.hand_on(number, &what, &subscription).await;
                    if background.is_stopping() {
                        return;
                    }
                    let lost = "the connection was lost, and with it what is published until there is another";
                    background.tell(LogLevel::Warn, &format!("{what}: {lost}"));
                    is_failing = true;
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        let message = format!("{what}: {}", error.message);
                        background.tell(LogLevel::Error, &message);
                    }
                    if unless_stopped(&background, sleep(delay)).await.is_none() {
                        return;
                    }
                    delay = (delay * 2).min(MOST);
                }
            }
        }
    }

    /// Calls the function with each message until the connection is lost or the server stops.
    async fn hand_on(&self, number: usize, what: &str, subscription: &Subscription) {
        let background = self.background();
        while let Some(Some(message)) = unless_stopped(background, subscription.next()).await {
            let left_out = subscription.left_out();
            if left_out > 0 {
                let message = format!(
                    "{what}: {left_out} messages were left out: the function takes longer than they need to come"
                );
                background.tell(LogLevel::Warn, &message);
            }
            let texts = [&message.text[..], &message.channel];
            match self.vm().task_with(number, &texts) {
                Some(task) => {
                    let running = background.enter();
                    background.run(task, "redis:subscribe").await;
                    drop(running);
                }
                None => {
                    let message = format!("{what}: a message has no room in the program's memory");
                    background.tell(LogLevel::Error, &message);
                }
            }
        }
    }
}

/// What a future gives, unless the server stops before.
async fn unless_stopped<T>(background: &Background, future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = background.stopped() => None,
        given = future => Some(given),
    }
}
