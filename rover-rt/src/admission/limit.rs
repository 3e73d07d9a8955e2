//! How often clients come: the generic cell rate algorithm (ITU-T I.371), a leaky bucket that is one number.
//!
//! Of each client the time is kept at which all that it has asked would have been due, had it asked at the rate.
//! It may be ahead of the clock by what may come at once. Where the clock has reached it, nothing has to be
//! known of the client, and its entry ends.

use std::net::IpAddr;

use http::header::HeaderValue;
use rover_model::admission::RateLimit;
use rover_model::state::StoreOptions;

use crate::admission::digest::Digests;
use crate::stores::clock::Clock;
use crate::stores::memory::Memory;
use crate::stores::value::{Value, ValueRef};
use crate::stores::write::{Change, Lifetime};

/// A longer name of a client is kept as its digest.
pub(crate) const LONGEST_KEY: usize = 64;
/// Sums of numbers with fractions may be off by so much of an interval.
pub(crate) const ROUNDING: f64 = 0.001;

/// One limit of the program.
pub(crate) struct Limit {
    pub(crate) options: RateLimit,
    /// Whose clients count together.
    #[cfg(feature = "redis")]
    name: String,
    /// What its clients' names begin with.
    space: Vec<u8>,
    /// `RateLimit-Policy`
    pub(crate) policy: HeaderValue,
}

impl Limit {
    /// A limit that counts together with those of the same space.
    pub(crate) fn new(options: RateLimit, space: &str) -> Self {
        let rate = options.rate;
        let policy = format!("\"{}\";q={};w={}", options.shown(), rate.count, rate.window);
        Limit {
            // A name has letters that headers may have: see `is_name`, and `parse_rate`.
            policy: HeaderValue::try_from(policy)
                .unwrap_or(HeaderValue::from_static("\"default\"")),
            #[cfg(feature = "redis")]
            name: space.to_owned(),
            space: [&(space.len() as u32).to_be_bytes(), space.as_bytes()].concat(),
            options,
        }
    }

    /// What tells it from others, as the program gives it.
    #[cfg(feature = "redis")]
    pub(crate) fn space(&self) -> &str {
        &self.name
    }

    /// Nanoseconds from one request to the next, and those of all that may come at once.
    fn times(&self) -> (f64, f64) {
        let interval = self.options.rate.interval() as f64;
        (interval, interval * f64::from(self.options.burst))
    }

    /// How a client stands that was ahead by so many nanoseconds when it was let in, or was not.
    #[cfg(feature = "redis")]
    pub(crate) fn standing(&self, is_let_in: bool, ahead: f64) -> Standing {
        let (interval, most) = self.times();
        match is_let_in {
            true => let_in(ahead + interval, interval, most),
            false => refused(ahead, interval, most),
        }
    }
}

/// How a client stands after it has asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Standing {
    /// So many more may come now.
    pub(crate) remaining: u32,
    /// Nanoseconds until all may come again.
    pub(crate) reset: f64,
    /// It is not let in: nanoseconds until it would be.
    pub(crate) wait: Option<f64>,
}

/// Nanoseconds in whole seconds, of which there is one at least.
pub(crate) fn seconds(nanoseconds: f64) -> u64 {
    ((nanoseconds / 1e9).ceil() as u64).max(1)
}

/// What is known of all clients.
pub(crate) struct Limits {
    /// When what a client has asked would have been due, in nanoseconds.
    due: Memory,
    clock: Clock,
    digests: Digests,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            due: Memory::new(StoreOptions::default()),
            clock: Clock::new(),
            digests: Digests::default(),
        }
    }
}

impl Limits {
    /// A client by its address asks to be let in; of an IPv6 network of 64 bits all are one.
    pub(crate) fn ask_by_address(&self, limit: &Limit, address: IpAddr) -> Standing {
        match address.to_canonical() {
            IpAddr::V4(address) => self.ask(limit, b'4', &address.octets()),
            IpAddr::V6(address) => self.ask(limit, b'6', &address.octets()[..8]),
        }
    }

    /// Somebody asks to be let in whom the program has given a name.
    pub(crate) fn ask_by_name(&self, limit: &Limit, name: &[u8]) -> Standing {
        match name.len() > LONGEST_KEY {
            true => self.ask(limit, b'd', &self.digests.of(&[name])),
            false => self.ask(limit, b'n', name),
        }
    }

    fn ask(&self, limit: &Limit, kind: u8, client: &[u8]) -> Standing {
        let key = [&limit.space, &[kind][..], client].concat();
        let (interval, most) = limit.times();
        let asked = self.due.update(&key, |due| {
            let now = self.clock.nanoseconds() as f64;
            let ahead = match due {
                Some(ValueRef::Number(due)) => (due - now).max(0.0),
                _ => 0.0,
            };
            stand(ahead, interval, most, now)
        });
        // Its entry is far smaller than the store, which drops others for it.
        asked.unwrap_or(Standing {
            remaining: 0,
            reset: most,
            wait: Some(interval),
        })
    }
}

/// What becomes of a client that is ahead by so much, and may be by `most` when it is let in.
fn stand(ahead: f64, interval: f64, most: f64, now: f64) -> (Change, Standing) {
    let after = ahead + interval;
    let room = most - after + ROUNDING * interval;
    if room < 0.0 {
        return (Change::Nothing, refused(ahead, interval, most));
    }
    let lifetime = (after / 1e6).ceil() as u64 + 1;
    let standing = let_in(after, interval, most);
    let due = Value::Number(now + after);
    (Change::Set(due, Lifetime::Milliseconds(lifetime)), standing)
}

fn refused(ahead: f64, interval: f64, most: f64) -> Standing {
    Standing {
        remaining: 0,
        reset: ahead,
        wait: Some(ahead + interval - most),
    }
}

/// A client that is ahead by so much now that it is let in.
fn let_in(after: f64, interval: f64, most: f64) -> Standing {
    let room = most - after + ROUNDING * interval;
    Standing {
        remaining: (room / interval) as u32,
        reset: after,
        wait: None,
    }
}

#[cfg(test)]
#[path = "limit/tests.rs"]
mod tests;
