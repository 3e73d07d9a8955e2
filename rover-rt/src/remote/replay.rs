//! Requests that run once in all processes, by their keys: the same as in `admission/replay.rs`.
//!
//! A key has the text of who runs its request, which is a lease, or the answer.

use super::lease::{Ending, Lease, time, token};
use super::script::Script;
use super::{Remote, milliseconds, to_its_end, unreadable};
use crate::admission::digest::Digest;
use crate::admission::kept::{Unpacked, unpack};
use crate::admission::replay::packed;
use crate::message::reply::Reply as Answer;
use crate::redis::reply::Reply;
use crate::wait::error::WaitError;

/// What is before a key's value: it runs, or it has been answered.
const RUNS: u8 = b'r';
const ANSWERED: u8 = b'a';

static BEGIN: Script = Script::new(
    "local value = redis.call('GET', KEYS[1])
if value then return value end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1",
);

/// Nobody else runs the request: what was lost with the server is written again.
static KEEP: Script = Script::new(
    "local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1",
);

/// What a request with a key comes to.
pub(crate) enum Begun {
    /// It is the first: it runs.
    First(Held),
    /// It has been answered.
    Answered(Box<Answer>),
    /// It has run, and its answer was too large to be kept.
    NotKept,
    /// It runs.
    Running,
    /// The key is another request's.
    Other,
}

/// A key whose request runs. When it is dropped, the key is free.
pub(crate) struct Held {
    lease: Lease,
    key: Vec<u8>,
    holder: Vec<u8>,
    request: Digest,
    ttl: u64,
}

impl Remote {
    /// A request begins that has a key.
    pub(crate) async fn begin_request(
        self,
        key: Digest,
        request: Digest,
        ttl: u64,
        room: usize,
    ) -> Result<Begun, WaitError> {
        to_its_end(async move { self.begin_here(key, request, ttl, room).await }).await
    }

    async fn begin_here(
        &self,
        key: Digest,
        request: Digest,
        ttl: u64,
        room: usize,
    ) -> Result<Begun, WaitError> {
        let key = self.names().answer(&key);
        let holder = [&[RUNS][..], &request, token().as_bytes()].concat();
        let time = time();
        let asked = self.script(&BEGIN, &[&key], &[&holder, time.as_bytes()], room);
        let value = match asked.await? {
            Reply::Number(_) => {
                let lease = Lease::hold(self, key.clone(), holder.clone());
                return Ok(Begun::First(Held {
                    lease,
                    key,
                    holder,
                    request,
                    ttl,
                }));
            }
            Reply::Text(value) => value,
            _ => return Err(unreadable()),
        };
        let known = |bytes: &[u8]| bytes.starts_with(&request);
        match value.split_first() {
            Some((&RUNS, rest)) if known(rest) => Ok(Begun::Running),
            Some((&RUNS, _)) => Ok(Begun::Other),
            Some((&ANSWERED, rest)) => match unpack(rest) {
                Some((known, _)) if known != request => Ok(Begun::Other),
                Some((_, Unpacked::Reply(reply))) => Ok(Begun::Answered(reply)),
                Some((_, Unpacked::NotKept)) => Ok(Begun::NotKept),
                None => Err(unreadable()),
            },
            _ => Err(unreadable()),
        }
    }
}

impl Held {
    /// Keeps the answer under the key. Who waits hears when it is there.
    pub(crate) fn keep(
        self,
        reply: &Answer,
    ) -> impl Future<Output = Result<(), WaitError>> + use<> {
        let answer = [&[ANSWERED][..], &packed(&self.request, reply)].concat();
        let ttl = milliseconds(self.ttl);
        self.lease.finish(Ending {
            script: &KEEP,
            keys: vec![self.key],
            arguments: vec![self.holder, answer, ttl.into_bytes()],
        })
    }
}
