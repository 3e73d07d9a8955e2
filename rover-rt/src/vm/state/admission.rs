//! What a VM has of the hooks that let requests in, and what they have found for the request that runs.

use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::rc::Rc;

use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use rover_model::admission::Idempotency;
use smallvec::SmallVec;

use crate::admission::limit::{Limit, Standing, seconds};
use crate::admission::replay::Held;
use crate::message::reply::Reply;
#[cfg(feature = "redis")]
use crate::remote::replay::{Begun, Held as HeldElsewhere};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A client that asks for an answer that is being made is told to come again after so many seconds.
pub(crate) const RUNNING_SECONDS: u64 = 1;

/// The hooks that the program has made, by their numbers.
#[derive(Clone, Default)]
pub(crate) struct VmAdmission {
    limits: Rc<RefCell<Vec<Rc<Limit>>>>,
    idempotent: Rc<RefCell<Vec<(Idempotency, String)>>>,
}

impl VmAdmission {
    /// Adds a limit; its number.
    pub(crate) fn add_limit(&self, limit: Limit) -> usize {
        let mut limits = self.limits.borrow_mut();
        limits.push(Rc::new(limit));
        limits.len() - 1
    }

    /// Adds a hook of `rover.idempotent`, whose keys are apart from others by a text; its number.
    pub(crate) fn add_idempotent(&self, options: Idempotency, space: &str) -> usize {
        let mut all = self.idempotent.borrow_mut();
        all.push((options, space.to_owned()));
        all.len() - 1
    }

    pub(crate) fn limit(&self, number: usize) -> Option<Rc<Limit>> {
        self.limits.borrow().get(number).cloned()
    }

    pub(crate) fn idempotent(&self, number: usize) -> Option<(Idempotency, String)> {
        self.idempotent.borrow().get(number).cloned()
    }
}

/// What must have happened before the request's answer is sent.
#[cfg(feature = "redis")]
pub(crate) type Settling = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// What a server says of a request with a key, when it has.
#[cfg(feature = "redis")]
type Coming = Rc<RefCell<Option<Begun>>>;

/// How a client stands by a limit.
type Stood = (Rc<Limit>, Standing);

/// What the hooks have found for a request. It is empty for most.
#[derive(Default)]
pub(crate) struct Admitted {
    /// Whether there is anything.
    any: Cell<bool>,
    /// None before the first request for which there was.
    found: RefCell<Option<Box<Found>>>,
}

#[derive(Default)]
struct Found {
    limits: SmallVec<[Stood; 1]>,
    /// The keys by which it runs.
    held: SmallVec<[Held; 1]>,
    /// Those that a server has.
    #[cfg(feature = "redis")]
    elsewhere: SmallVec<[HeldElsewhere; 1]>,
    #[cfg(feature = "redis")]
    expected: Option<Coming>,
    /// Until this has ended, the server does not have the answer.
    #[cfg(feature = "redis")]
    settling: Option<Settling>,
    /// Seconds after which the client may come again.
    retry_after: u64,
    /// Its answer is one that was kept.
    replayed: bool,
}

impl Admitted {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        !self.any.get()
    }

    /// Writes down what is found.
    fn found(&self, write: impl FnOnce(&mut Found)) {
        self.any.set(true);
        write(self.found.borrow_mut().get_or_insert_default());
    }

    /// Takes something of what was found.
    fn take<T: Default>(&self, part: impl FnOnce(&mut Found) -> &mut T) -> T {
        let mut found = self.found.borrow_mut();
        found
            .as_mut()
            .map(|found| std::mem::take(part(found)))
            .unwrap_or_default()
    }

    /// How its client stands by a limit.
    pub(crate) fn stands(&self, limit: Rc<Limit>, standing: Standing) {
        if let Some(wait) = standing.wait {
            self.come_again(seconds(wait));
        }
        self.found(|found| found.limits.push((limit, standing)));
    }

    /// It runs by a key.
    pub(crate) fn holds(&self, held: Held) {
        self.found(|found| found.held.push(held));
    }

    /// A server is asked for a key.
    #[cfg(feature = "redis")]
    pub(crate) fn expect(&self, coming: Coming) {
        self.found(|found| found.expected = Some(coming));
    }

    /// What the server has said.
    #[cfg(feature = "redis")]
    pub(crate) fn take_expected(&self) -> Option<Begun> {
        let coming = self.take(|found| &mut found.expected);
        coming.and_then(|coming| coming.take())
    }

    /// It runs by a key that a server has.
    #[cfg(feature = "redis")]
    pub(crate) fn holds_elsewhere(&self, held: HeldElsewhere) {
        self.found(|found| found.elsewhere.push(held));
    }

    /// What is waited for before the answer is sent.
    #[cfg(feature = "redis")]
    pub(crate) fn take_settling(&self) -> Option<Settling> {
        self.take(|found| &mut found.settling)
    }

    /// Its client is told to come again.
    pub(crate) fn come_again(&self, seconds: u64) {
        self.found(|found| found.retry_after = found.retry_after.max(seconds));
    }

    /// It is answered by what was kept.
    pub(crate) fn is_replayed(&self) {
        self.found(|found| found.replayed = true);
    }

    /// It has an answer, which its keys keep, or is none that is kept.
    pub(crate) fn settle_keys(&self, reply: Option<&Reply>) {
        let held = self.take(|found| &mut found.held);
        let reply = reply.filter(|reply| is_kept(reply));
        #[cfg(feature = "redis")]
        self.settle_elsewhere(reply);
        for held in held {
            match reply {
                Some(reply) => held.keep(reply),
                None => drop(held),
            }
        }
    }

    #[cfg(feature = "redis")]
    fn settle_elsewhere(&self, reply: Option<&Reply>) {
        let held = self.take(|found| &mut found.elsewhere);
        let Some(reply) = reply.filter(|_| !held.is_empty()) else {
            return;
        };
        let all: Vec<_> = held.into_iter().map(|held| held.keep(reply)).collect();
        let settling: Settling = Box::pin(async move {
            for kept in all {
                // The log has heard of it; it is tried again.
                let _ = kept.await;
            }
        });
        // It outlives what was found: the request ends while the server is told.
        let mut found = self.found.borrow_mut();
        found.get_or_insert_default().settling = Some(settling);
    }

    /// The request ends with this answer, whose headers say what was found.
    pub(crate) fn end(&self, reply: &mut Reply) {
        let limits = self.take(|found| &mut found.limits);
        if !limits.is_empty() {
            self.write_limits(&limits, reply);
        }
        let retry_after = self.take(|found| &mut found.retry_after);
        if retry_after > 0 && reply.header(&RETRY_AFTER).is_none() {
            reply.headers_mut().insert(RETRY_AFTER, retry_after.into());
        }
        if self.take(|found| &mut found.replayed) {
            let yes = HeaderValue::from_static("true");
            reply.headers_mut().insert(REPLAYED, yes);
        }
        self.clear();
    }

    /// The fields of draft-ietf-httpapi-ratelimit-headers-10. Those that the program has written stay.
    fn write_limits(&self, limits: &[Stood], reply: &mut Reply) {
        if reply.header(&LIMIT).is_some() || reply.header(&POLICY).is_some() {
            return;
        }
        let mut standings = String::new();
        for (limit, standing) in limits {
            let comma = if standings.is_empty() { "" } else { ", " };
            let name = limit.options.shown();
            let (remaining, reset) = (standing.remaining, seconds(standing.reset));
            // A `String` takes everything.
            let _ = write!(standings, "{comma}\"{name}\";r={remaining};t={reset}");
        }
        let policy = match limits {
            [(limit, _)] => Some(limit.policy.clone()),
            limits => {
                let all: Vec<_> = limits
                    .iter()
                    .map(|(limit, _)| limit.policy.as_bytes())
                    .collect();
                HeaderValue::from_bytes(&all.join(&b", "[..])).ok()
            }
        };
        let headers = reply.headers_mut();
        if let (Some(policy), Ok(standings)) = (policy, HeaderValue::try_from(standings)) {
            headers.insert(POLICY, policy);
            headers.insert(LIMIT, standings);
        }
    }

    /// Nothing is known any more; keys are free.
    #[inline]
    pub(crate) fn clear(&self) {
        if self.any.replace(false)
            && let Some(found) = self.found.borrow_mut().as_mut()
        {
            found.clear();
        }
    }

    /// Changes places with another.
    pub(crate) fn swap(&self, other: &Admitted) {
        if self.is_empty() && other.is_empty() {
            return;
        }
        self.any.swap(&other.any);
        self.found.swap(&other.found);
    }
}

impl Found {
    /// What is to be settled stays.
    fn clear(&mut self) {
        self.limits.clear();
        self.held.clear();
        #[cfg(feature = "redis")]
        {
            self.elsewhere.clear();
            self.expected = None;
        }
        self.retry_after = 0;
        self.replayed = false;
    }
}

/// What a server fails of, and what somebody else or the same client may be told otherwise at another time, is not
/// kept.
fn is_kept(reply: &Reply) -> bool {
    let status = reply.status.map_or(200, |status| status.as_u16());
    status < 500 && ![401, 403, 408, 425, 429].contains(&status)
}
