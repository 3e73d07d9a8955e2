//! A connection to a server: what is sent on it, and what comes back.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use redis::Value;
use redis::aio::MultiplexedConnection;
use rover_model::redis::RedisAddress;
use tokio::task::JoinHandle;

use super::command::{Command, Sending, pipeline};
use super::error::{of, of_many};
use super::reply::Reply;
use crate::tls::Trust;
use crate::wait::error::WaitError;

/// What `rover.redis` is given.
pub(crate) struct RedisSettings {
    pub(crate) address: RedisAddress,
    pub(crate) trust: Trust,
    /// How long a call may take.
    pub(crate) patience: Duration,
}

/// A connection and the task that reads and writes on it, which ends with it.
pub(super) struct Connection {
    multiplexed: MultiplexedConnection,
    pub(super) driver: JoinHandle<()>,
    /// How many calls it has answered.
    pub(super) answered: Cell<u64>,
}

impl Connection {
    pub(super) fn new(
        multiplexed: MultiplexedConnection,
        driver: impl Future<Output = ()> + 'static,
    ) -> Connection {
        Connection {
            multiplexed,
            driver: tokio::task::spawn_local(driver),
            answered: Cell::new(0),
        }
    }

    /// Sends one command. Whoever stops waiting leaves the answer to the driver.
    pub(super) async fn send(&self, command: &Command) -> Result<Value, WaitError> {
        let mut multiplexed = self.multiplexed.clone();
        let sent = multiplexed.send_packed_command(command.packed()).await;
        sent.map_err(|error| of(&error))
    }

    async fn send_all(
        &self,
        commands: &[Command],
        is_atomic: bool,
    ) -> Result<Vec<Result<Reply, WaitError>>, WaitError> {
        let count = commands.len();
        let pipeline = pipeline(commands, is_atomic);
        let mut multiplexed = self.multiplexed.clone();
        // A transaction answers each command with QUEUED, and then all of them at once.
        let (offset, answers) = if is_atomic {
            (count + 1, 1)
        } else {
            (0, count)
        };
        let sent = multiplexed.send_packed_commands(&pipeline, offset, answers);
        let mut values = sent.await.map_err(|error| of_many(&error))?;
        if is_atomic
            && values.len() == 1
            && let Some(Value::Array(_)) = values.first()
            && let Some(Value::Array(inner)) = values.pop()
        {
            values = inner;
        }
        let replies = values.into_iter().zip(commands);
        let replies = replies.map(|(value, command)| Reply::new(value, command.becomes));
        Ok(replies.collect())
    }

    /// What each command is answered.
    pub(super) async fn answer(
        &self,
        sending: &Sending,
    ) -> Result<Vec<Result<Reply, WaitError>>, WaitError> {
        match sending {
            Sending::Alone(command) => {
                let value = self.send(command).await?;
                Ok(vec![Reply::new(value, command.becomes)])
            }
            Sending::Together(commands, is_atomic) => self.send_all(commands, *is_atomic).await,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
