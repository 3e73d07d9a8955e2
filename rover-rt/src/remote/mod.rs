//! State that is on a server of Redis or Valkey, where all processes of a program find the same: what `rover.shared`,
//! `rover.cache`, sessions, limits and keys of requests keep, and who runs what happens again and again.
//!
//! What must not be interrupted is a script, which the server runs as a whole ([`script`]). Whoever makes a value,
//! answers a request with a key or runs a function has a [`lease`] meanwhile. Times are those of the server's clock.
//! Nothing here knows Lua.

pub(crate) mod cache;
pub(crate) mod digest;
pub(crate) mod lease;
pub(crate) mod limit;
mod names;
pub(crate) mod replay;
pub(crate) mod schedule;
mod script;
pub(crate) mod settings;
pub(crate) mod store;
mod trouble;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rover_model::LogLevel;
use tokio::sync::oneshot;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use self::names::Names;
use self::script::Script;
use self::settings::RemoteSettings;
use crate::error::Error;
use crate::log::Log;
use crate::redis::command::{Command, Sending};
use crate::redis::reply::{Becomes, Reply};
use crate::redis::worker::Worker;
use crate::wait::error::WaitError;

/// So long a start waits for the server ...
const PATIENCE_AT_START: Duration = Duration::from_secs(10);
/// ... and asks it again after this.
const RETRY_AT_START: Duration = Duration::from_millis(200);
/// What is not asked for by a program is small.
const SMALL: usize = 64 << 10;

/// What a program needs of the server: it takes writes, runs scripts, and knows what they say.
static PROBE: Script = Script::new(
    "redis.call('SET', KEYS[1], '1', 'PX', 1000)
redis.call('SET', KEYS[1], '2', 'KEEPTTL')
return redis.call('TIME')",
);

/// A worker's way to the server. Copies of it are the same.
#[derive(Clone)]
pub(crate) struct Remote {
    worker: Worker,
    settings: Arc<RemoteSettings>,
    log: Rc<Log>,
}

impl Remote {
    pub(crate) fn new(settings: &Arc<RemoteSettings>, log: &Rc<Log>) -> Self {
        Remote {
            worker: Worker::new(Arc::clone(&settings.redis)),
            settings: Arc::clone(settings),
            log: Rc::clone(log),
        }
    }

    fn names(&self) -> &Names {
        &self.settings.names
    }

    /// Waits for the server, and asks whether it can do what is needed.
    ///
    /// # Errors
    /// When it is not there for too long, or refuses.
    pub(crate) async fn reach(&self) -> Result<(), Error> {
        let began = Instant::now();
        let key = self.names().probe();
        loop {
            let asked = self.script(&PROBE, &[&key], &[], SMALL).await;
            let error = match asked {
                Ok(_) => break,
                Err(error) => error,
            };
            if !error.retryable || began.elapsed() >= PATIENCE_AT_START {
                return Err(Error::State(error.message));
            }
            sleep(RETRY_AT_START).await;
        }
        let place = &self.settings.place;
        let message = format!("the state is on {place}");
        self.log.line(LogLevel::Info, &message, None);
        Ok(())
    }

    /// Sends one command: its answer, of so many bytes at most.
    fn ask(
        &self,
        words: &[&[u8]],
        room: usize,
    ) -> impl Future<Output = Result<Reply, WaitError>> + use<> {
        let sent = self.send(words, room);
        let remote = self.clone();
        async move { remote.told(sent.await) }
    }

    fn send(
        &self,
        words: &[&[u8]],
        room: usize,
    ) -> impl Future<Output = Result<Reply, WaitError>> + use<> {
        self.worker.run(Sending::Alone(command(words)), room)
    }

    /// Sends some commands at once: their answers.
    fn ask_together(
        &self,
        all: &[&[&[u8]]],
        room: usize,
    ) -> impl Future<Output = Result<Vec<Reply>, WaitError>> + use<> {
        let commands: Vec<_> = all.iter().map(|words| command(words)).collect();
        let count = commands.len();
        let sent = self.worker.run(Sending::Together(commands, false), room);
        let remote = self.clone();
        async move {
            match remote.told(sent.await)? {
                Reply::List(replies) if replies.len() == count => Ok(replies),
                _ => Err(unreadable()),
            }
        }
    }

    /// Runs a script with some keys and arguments: what it gives. The server keeps scripts by their hashes.
    fn script(
        &self,
        script: &'static Script,
        keys: &[&[u8]],
        arguments: &[&[u8]],
        room: usize,
    ) -> impl Future<Output = Result<Reply, WaitError>> + use<> {
        let count = keys.len().to_string();
        let rest = keys.iter().chain(arguments).map(|text| text.to_vec());
        let rest: Vec<Vec<u8>> = [count.into_bytes()].into_iter().chain(rest).collect();
        let remote = self.clone();
        async move {
            let run = |how: &str, what: &str| {
                let mut words = vec![how.as_bytes(), what.as_bytes()];
                words.extend(rest.iter().map(Vec::as_slice));
                remote.send(&words, room)
            };
            let sent = run("EVALSHA", script.hash()).await;
            let is_unknown = |error: &WaitError| error.code.as_deref() == Some("NOSCRIPT");
            let sent = match sent {
                Err(error) if is_unknown(&error) => run("EVAL", script.text()).await,
                sent => sent,
            };
            remote.told(sent)
        }
    }

    /// An answer as programs see it. The log hears when the server is not there, and when it is there again.
    fn told(&self, sent: Result<Reply, WaitError>) -> Result<Reply, WaitError> {
        let sent = sent.map_err(as_state);
        self.settings.trouble.note(&sent, &self.log);
        sent
    }
}

fn command(words: &[&[u8]]) -> Command {
    let name = words.first().copied().unwrap_or_default();
    let mut command = Command::new(&String::from_utf8_lossy(name), Becomes::Plain);
    for argument in words.iter().skip(1) {
        command.add(argument);
    }
    command
}

/// An error of the server's as one of the program's state.
fn as_state(mut error: WaitError) -> WaitError {
    error.message = format!("state: {}", error.message);
    if error.code.as_deref() == Some("OOM") {
        error.kind = "full";
    }
    error
}

/// What came is nothing that the question gives.
fn unreadable() -> WaitError {
    let message =
        "state: the server's answer is none that was asked for: others have written its keys";
    WaitError::new("query", message)
}

/// Lets something come to its end, whoever goes on waiting for it: what it has taken is given back.
async fn to_its_end<T: 'static>(
    asked: impl Future<Output = Result<T, WaitError>> + 'static,
) -> Result<T, WaitError> {
    let (tell, told) = oneshot::channel();
    spawn_local(async move {
        let _ = tell.send(asked.await);
    });
    match told.await {
        Ok(told) => told,
        Err(_) => Err(WaitError::cancelled()),
    }
}

fn number(reply: &Reply) -> Result<f64, WaitError> {
    match reply {
        Reply::Number(number) => Ok(*number),
        _ => Err(unreadable()),
    }
}

/// A text; nothing where nothing is there.
fn text(reply: Reply) -> Result<Option<Vec<u8>>, WaitError> {
    match reply {
        Reply::Nil => Ok(None),
        Reply::Text(text) => Ok(Some(text)),
        _ => Err(unreadable()),
    }
}

/// Milliseconds as the server takes them.
fn milliseconds(time: u64) -> String {
    // Longer than any server runs, and what it can add to its clock.
    const MOST: u64 = 1 << 52;
    time.clamp(1, MOST).to_string()
}
