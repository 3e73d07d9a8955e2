//! Requests that run once, by the keys that clients give them (draft-ietf-httpapi-idempotency-key-header).
//!
//! A key whose request runs stands in a list that is as long as requests run. Its answer goes into a store, from
//! which those go first that were asked for least recently. Both are asked behind one lock, which belongs to some
//! of the keys: a request that begins sees either the one that runs or its answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rover_model::state::StoreOptions;

use crate::admission::digest::{Digest, Digests};
use crate::admission::kept::{Unpacked, pack, unpack};
use crate::message::reply::Reply;
use crate::stores::memory::Memory;
use crate::stores::value::ValueRef;
use crate::stores::write::{Condition, Lifetime};

const SHARDS: usize = 16;
/// A larger answer is not kept.
const MOST_BYTES: usize = 1 << 20;

/// See the module.
pub(crate) struct Replies {
    /// The digests of the requests that run, by their keys.
    running: [Mutex<HashMap<Digest, Digest>>; SHARDS],
    answers: Memory,
    pub(crate) digests: Digests,
}

impl Default for Replies {
    fn default() -> Self {
        Replies {
            running: Default::default(),
            answers: Memory::new(StoreOptions::default()),
            digests: Digests::default(),
        }
    }
}

/// What a request with a key comes to.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It is the first: it runs.
    First(Held),
    /// It has been answered.
    Answered(Box<Reply>),
    /// It has run, and its answer was too large to be kept.
    NotKept,
    /// It runs.
    Running,
    /// The key is another request's.
    Other,
}

impl Replies {
    /// A request begins that has a key.
    pub(crate) fn begin(self: &Arc<Self>, key: Digest, request: Digest, ttl: u64) -> Begun {
        let mut running = self.running(&key);
        if let Some(known) = running.get(&key) {
            return match *known == request {
                true => Begun::Running,
                false => Begun::Other,
            };
        }
        let kept = self.answers.get(&key, |value, _| match value {
            ValueRef::Text(packed) => unpack(packed),
            _ => None,
        });
        match kept.flatten() {
            Some((known, _)) if known != request => Begun::Other,
            Some((_, Unpacked::Reply(reply))) => Begun::Answered(reply),
            Some((_, Unpacked::NotKept)) => Begun::NotKept,
            None => {
                running.insert(key, request);
                Begun::First(Held {
                    replies: Arc::clone(self),
                    key,
                    request,
                    ttl,
                })
            }
        }
    }

    fn running(&self, key: &Digest) -> MutexGuard<'_, HashMap<Digest, Digest>> {
        let shard = &self.running[usize::from(key[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer for a request, as it is kept: one that is too large is not.
pub(crate) fn packed(request: &Digest, reply: &Reply) -> Vec<u8> {
    let headers = reply.headers();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    let fits = reply.body.len() + headers <= MOST_BYTES;
    pack(request, fits.then_some(reply))
}

/// A key whose request runs. When it is dropped, the key is free, and what was kept under it is found.
pub(crate) struct Held {
    replies: Arc<Replies>,
    key: Digest,
    request: Digest,
    ttl: u64,
}

impl Held {
    /// Keeps the answer under the key.
    pub(crate) fn keep(self, reply: &Reply) {
        let packed = packed(&self.request, reply);
        let lifetime = Lifetime::Milliseconds(self.ttl);
        let answers = &self.replies.answers;
        // It is far smaller than the store, which drops others for it.
        let _ = answers.set(
            &self.key,
            ValueRef::Text(&packed),
            lifetime,
            Condition::Always,
        );
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.replies.running(&self.key).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use http::StatusCode;

    use super::*;

    const DAY: u64 = 86_400_000;

    fn begin(replies: &Arc<Replies>, key: u8, request: u8) -> Begun {
        replies.begin([key; 16], [request; 16], DAY)
    }

    fn first(begun: Begun) -> Held {
        match begun {
            Begun::First(held) => held,
            other => panic!("it is not the first: {other:?}"),
        }
    }

    #[test]
    fn the_first_answer_is_given_again() {
        let replies = Arc::new(Replies::default());
        let held = first(begin(&replies, 1, 1));
        assert!(matches!(begin(&replies, 1, 1), Begun::Running));
        assert!(matches!(begin(&replies, 1, 2), Begun::Other));
        held.keep(&Reply::error(StatusCode::NOT_FOUND, "gone"));
        let Begun::Answered(reply) = begin(&replies, 1, 1) else {
            panic!("it was answered");
        };
        assert_eq!(reply.status, Some(StatusCode::NOT_FOUND));
        assert_eq!(reply.body, b"{\"error\":\"gone\"}");
        assert!(matches!(begin(&replies, 1, 2), Begun::Other));
        first(begin(&replies, 2, 1));
    }

    #[test]
    fn a_key_that_is_let_go_is_free_and_an_answer_ends() {
        let replies = Arc::new(Replies::default());
        drop(first(begin(&replies, 1, 1)));
        first(begin(&replies, 1, 2)).keep(&Reply::default());
        assert!(matches!(begin(&replies, 1, 2), Begun::Answered(_)));
        replies.answers.clock().advance(DAY + 1);
        first(begin(&replies, 1, 3));
        assert!(
            replies
                .running
                .iter()
                .all(|shard| shard.lock().is_ok_and(|keys| keys.is_empty()))
        );
    }

    #[test]
    fn a_large_answer_is_not_kept_but_its_request_does_not_run_again() {
        let replies = Arc::new(Replies::default());
        let reply = Reply::into_buffer(vec![0; MOST_BYTES + 1]);
        first(begin(&replies, 1, 1)).keep(&reply);
        assert!(matches!(begin(&replies, 1, 1), Begun::NotKept));
        assert!(matches!(begin(&replies, 1, 2), Begun::Other));
    }

    #[test]
    fn of_many_at_once_one_runs() {
        let replies = Arc::new(Replies::default());
        for key in 0..100 {
            let ran: usize = thread::scope(|scope| {
                let begun: Vec<_> = (0..4)
                    .map(|_| {
                        scope.spawn(|| match begin(&replies, key, 1) {
                            Begun::First(held) => {
                                held.keep(&Reply::default());
                                1
                            }
                            Begun::Running | Begun::Answered(_) => 0,
                            other => panic!("{other:?}"),
                        })
                    })
                    .collect();
                let ran = begun.into_iter().map(|thread| thread.join());
                ran.map(|ran| ran.expect("no panic")).sum()
            });
            assert_eq!(ran, 1);
        }
    }
}
