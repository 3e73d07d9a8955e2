//! What `rover.cache` keeps on the server: values that are made once, however many processes ask for them.
//!
//! Of one process only one asks (`stores/cache.rs` knows the others). Who finds nothing takes a lease and makes the
//! value; others ask again after a while, which becomes longer. An old value lives on for the option `stale`, which
//! is what its key has more than its time.

use std::time::Duration;

use tokio::time::sleep;

use super::lease::{Ending, Lease, time, token};
use super::script::Script;
use super::{Remote, milliseconds, text, to_its_end, unreadable};
use crate::redis::reply::Reply;
use crate::wait::error::WaitError;

/// Whoever waits for another asks after this ...
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// ... and no less often than so.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// A value that is given; or the asker makes it, and others get the old one meanwhile, or another does.
static BEGIN: Script = Script::new(
    "local value, stale = redis.call('GET', KEYS[1]), tonumber(ARGV[3])
if value and (stale == 0 or redis.call('PTTL', KEYS[1]) > stale) then return {1, value} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {2, value} end
if value then return {1, value} end
return {3}",
);

static FINISH: Script = Script::new(
    "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1",
);

/// What becomes of somebody who asks.
pub(crate) enum Asked {
    Value(Vec<u8>),
    /// Makes the value.
    Make(Making),
}

/// Whoever has it makes a value, which others wait for where there is a lease: there is none where the server is not.
pub(crate) struct Making {
    value: Vec<u8>,
    lease: Option<(Lease, Vec<u8>, String)>,
    /// What is given meanwhile.
    pub(crate) old: Option<Vec<u8>>,
}

enum Begun {
    Value(Vec<u8>),
    Make(Making),
    Another,
}

impl Remote {
    /// Asks for a value of a cache, and waits for it where another process makes it. Where the server is not there,
    /// the asker makes it, and only this process has it.
    pub(crate) async fn ask_cache(
        self,
        cache: String,
        key: Vec<u8>,
        stale: u64,
        room: usize,
    ) -> Result<Asked, WaitError> {
        let value = self.names().cache(&cache, &key);
        let lock = self.names().making(&cache, &key);
        let mut pause = FIRST_PAUSE;
        let failed = match self.fresh(&value, stale, room).await {
            Ok(Some(value)) => return Ok(Asked::Value(value)),
            Ok(None) => loop {
                let (remote, keys) = (self.clone(), (value.clone(), lock.clone()));
                match to_its_end(async move { remote.begin(keys, stale, room).await }).await {
                    Ok(Begun::Value(value)) => return Ok(Asked::Value(value)),
                    Ok(Begun::Make(making)) => return Ok(Asked::Make(making)),
                    Ok(Begun::Another) => {}
                    Err(error) => break error,
                }
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            },
            Err(error) => error,
        };
        match failed.kind {
            "too_large" | "cancelled" => Err(failed),
            _ => Ok(Asked::Make(Making {
                value,
                lease: None,
                old: None,
            })),
        }
    }

    /// A value whose time is not over.
    async fn fresh(
        &self,
        key: &[u8],
        stale: u64,
        room: usize,
    ) -> Result<Option<Vec<u8>>, WaitError> {
        if stale == 0 {
            return text(self.ask(&[b"GET", key], room).await?);
        }
        let replies = self.ask_together(&[&[b"GET", key], &[b"PTTL", key]], room);
        let mut replies = replies.await?.into_iter();
        match (replies.next(), replies.next()) {
            (Some(Reply::Text(value)), Some(Reply::Number(left))) if left > stale as f64 => {
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }

    async fn begin(
        &self,
        (value, lock): (Vec<u8>, Vec<u8>),
        stale: u64,
        room: usize,
    ) -> Result<Begun, WaitError> {
        let (holder, stale) = (token(), stale.to_string());
        let time = time();
        let arguments = [holder.as_bytes(), time.as_bytes(), stale.as_bytes()];
        let begun = self.script(&BEGIN, &[&value, &lock], &arguments, room);
        let Reply::List(begun) = begun.await? else {
            return Err(unreadable());
        };
        let mut begun = begun.into_iter();
        match (begun.next(), begun.next()) {
            (Some(Reply::Number(1.0)), Some(Reply::Text(value))) => Ok(Begun::Value(value)),
            (Some(Reply::Number(2.0)), old @ (None | Some(Reply::Nil | Reply::Text(_)))) => {
                let lease = Lease::hold(self, lock.clone(), holder.clone().into_bytes());
                let lease = Some((lease, lock, holder));
                let old = match old {
                    Some(Reply::Text(old)) => Some(old),
                    _ => None,
                };
                Ok(Begun::Make(Making { value, lease, old }))
            }
            (Some(Reply::Number(3.0)), None) => Ok(Begun::Another),
            _ => Err(unreadable()),
        }
    }

    /// Removes a value of a cache; whether it was there.
    pub(crate) async fn delete_cached(
        self,
        cache: String,
        key: Vec<u8>,
    ) -> Result<bool, WaitError> {
        let key = super::store::Key(self.names().cache(&cache, &key));
        self.delete(key, None).await
    }

    /// Removes all values of a cache.
    pub(crate) async fn clear_cached(self, cache: String) -> Result<(), WaitError> {
        let space = self.names().cache(&cache, b"");
        self.remove_all(&space).await
    }
}

impl Making {
    /// Keeps the value for so many milliseconds, and for those in which it may be given afterwards. What the server does
    /// not take is given nevertheless.
    pub(crate) fn finish(
        self,
        value: Vec<u8>,
        milliseconds_of: (u64, u64),
    ) -> impl Future<Output = ()> + use<> {
        let (fresh, stale) = milliseconds_of;
        let time = milliseconds(fresh.saturating_add(stale));
        let finished = self.lease.map(|(lease, lock, holder)| {
            lease.finish(Ending {
                script: &FINISH,
                keys: vec![self.value, lock],
                arguments: vec![holder.into_bytes(), value, time.into_bytes()],
            })
        });
        async move {
            if let Some(finished) = finished {
                // The log has heard of it.
                let _ = finished.await;
            }
        }
    }
}
