//! Something that only one of all processes has for a while: a value that it makes, a request that it answers, a function
//! that it runs.
//!
//! A lease is a key of the server's with a text of the holder's own, and ends by itself. A task renews it for as long
//! as it is held; where the holder dies, another one gets it after [`TIME`]. It ends with what it was for, and only where it
//! is still this holder's.

use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use super::script::Script;
use super::{Remote, SMALL, milliseconds, unreadable};
use crate::redis::reply::Reply;
use crate::wait::error::WaitError;

/// What a holder that has died is waited for.
pub(super) const TIME: Duration = Duration::from_secs(15);
const RENEWED_EVERY: Duration = Duration::from_secs(5);
/// Where the server does not answer, it is asked again after this.
const RETRY: Duration = Duration::from_millis(500);

/// The key is this holder's or nobody's: a server that has lost its keys gets it again.
static RENEW: Script = Script::new(
    "local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1",
);

static GIVE_BACK: Script = Script::new(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1",
);

/// How a lease ends.
pub(super) struct Ending {
    pub(super) script: &'static Script,
    pub(super) keys: Vec<Vec<u8>>,
    pub(super) arguments: Vec<Vec<u8>>,
}

struct Ended {
    ending: Ending,
    told: oneshot::Sender<Result<(), WaitError>>,
}

/// See the module. Where it is dropped, it is given back.
pub(crate) struct Lease {
    end: oneshot::Sender<Ended>,
    lost: watch::Receiver<bool>,
}

/// 128 random bits, in hexadecimal digits: the text of a holder.
pub(super) fn token() -> String {
    let mut bytes = [0; 16];
    // The generator is seeded by the system; it ends the process where that has no randomness.
    #[expect(clippy::expect_used)]
    aws_lc_rs::rand::fill(&mut bytes).expect("the generator gives bytes");
    super::digest::hex(&bytes)
}

/// The time of a lease as scripts take it.
pub(super) fn time() -> String {
    milliseconds(TIME.as_millis() as u64)
}

impl Lease {
    /// Holds a key that the server has just given to this text.
    pub(super) fn hold(remote: &Remote, key: Vec<u8>, holder: Vec<u8>) -> Self {
        let (end, ended) = oneshot::channel();
        let (losing, lost) = watch::channel(false);
        let holding = Holding {
            remote: remote.clone(),
            key,
            holder,
        };
        spawn_local(holding.run(ended, losing));
        Lease { end, lost }
    }

    /// Ends it with what it was for. Whoever stops waiting does not keep that from happening.
    pub(super) fn finish(
        self,
        ending: Ending,
    ) -> impl Future<Output = Result<(), WaitError>> + use<> {
        let (told, end) = oneshot::channel();
        let _ = self.end.send(Ended { ending, told });
        async move { end.await.unwrap_or_else(|_| Err(WaitError::cancelled())) }
    }

    /// Waits until it may be another's.
    pub(crate) fn lost(&self) -> impl Future<Output = ()> + use<> {
        let mut lost = self.lost.clone();
        async move {
            if lost.wait_for(|lost| *lost).await.is_err() {
                std::future::pending().await
            }
        }
    }
}

struct Holding {
    remote: Remote,
    key: Vec<u8>,
    holder: Vec<u8>,
}

impl Holding {
    async fn run(self, mut ended: oneshot::Receiver<Ended>, losing: watch::Sender<bool>) {
        // From when the server was asked on, it is held for so long.
        let mut until = Instant::now() + TIME;
        let mut pause = RENEWED_EVERY;
        let ended = loop {
            tokio::select! {
                biased;
                ended = &mut ended => break ended.ok(),
                () = sleep(pause) => {}
            }
            let asked = Instant::now();
            match self.renew().await {
                Ok(true) => {
                    until = asked + TIME;
                    pause = RENEWED_EVERY;
                }
                Ok(false) => {
                    losing.send_replace(true);
                }
                Err(_) => pause = RETRY,
            }
            // The next answer may come too late.
            let patience = self.remote.settings.redis.patience;
            if Instant::now() + pause.min(RETRY) + patience >= until {
                losing.send_replace(true);
            }
        };
        match ended {
            Some(ended) => self.finish(ended, until).await,
            None => {
                let _ = self.script(&GIVE_BACK, &[]).await;
            }
        }
    }

    async fn renew(&self) -> Result<bool, WaitError> {
        match self.script(&RENEW, &[time().as_bytes()]).await? {
            Reply::Number(done) => Ok(done != 0.0),
            _ => Err(unreadable()),
        }
    }

    async fn script(&self, script: &'static Script, more: &[&[u8]]) -> Result<Reply, WaitError> {
        let arguments: Vec<&[u8]> = [&self.holder[..]]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        self.remote
            .script(script, &[&self.key], &arguments, SMALL)
            .await
    }

    /// Does what it was for. Who waits hears of the first try; where the server is not there, others follow while
    /// it is held.
    async fn finish(&self, ended: Ended, until: Instant) {
        let Ended { ending, told } = ended;
        let mut told = Some(told);
        loop {
            let done = self.end(&ending).await;
            let is_over = !matches!(&done, Err(error) if error.retryable);
            if let Some(told) = told.take() {
                let _ = told.send(done);
            }
            if is_over || Instant::now() >= until {
                return;
            }
            sleep(RETRY).await;
        }
    }

    async fn end(&self, ending: &Ending) -> Result<(), WaitError> {
        let keys: Vec<&[u8]> = ending.keys.iter().map(Vec::as_slice).collect();
        let arguments: Vec<&[u8]> = ending.arguments.iter().map(Vec::as_slice).collect();
        let done = self.remote.script(ending.script, &keys, &arguments, SMALL);
        done.await.map(drop)
    }
}
