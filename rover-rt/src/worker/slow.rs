//! Which addresses asked for what takes long, of late, and where it ran. What they ask for next
//! on new connections goes to the same worker: others have left that one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::worker::address::Owner;

/// So many addresses are remembered ...
const MOST: usize = 1024;
/// ... for so long after the last long turn, in milliseconds.
const REMEMBERED: u64 = 30_000;
/// So many newcomers follow each long turn: where few of an address's requests take long, as
/// of many people behind one address, most of its connections go where there is room.
const FOLLOWERS: u32 = 8;
/// There are never more to come.
const MOST_FOLLOWERS: u32 = 32;

/// The addresses of long turns, for all workers. They meet here at the end of such a turn, and
/// for a new connection while there is any.
#[derive(Debug, Default)]
pub(crate) struct SlowOwners {
    /// When the last one is forgotten; 0 where there is none.
    until: AtomicU64,
    trails: Mutex<HashMap<Owner, Trail>>,
}

#[derive(Clone, Copy, Debug)]
struct Trail {
    worker: usize,
    until: u64,
    followers: u32,
}

impl SlowOwners {
    fn trails(&self) -> MutexGuard<'_, HashMap<Owner, Trail>> {
        self.trails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a long turn of an address's connection.
    pub(crate) fn note(&self, owner: Owner, worker: usize, now: u64) {
        let mut trails = self.trails();
        if trails.len() >= MOST && !trails.contains_key(&owner) {
            let oldest = trails.iter().min_by_key(|(_, trail)| trail.until);
            if let Some(oldest) = oldest.map(|(owner, _)| *owner) {
                trails.remove(&oldest);
            }
        }
        let trail = trails.entry(owner).or_insert(Trail {
            worker,
            until: 0,
            followers: 0,
        });
        if trail.until <= now {
            // It was forgotten.
            (trail.worker, trail.followers) = (worker, 0);
        }
        trail.until = now + REMEMBERED;
        trail.followers = (trail.followers + FOLLOWERS).min(MOST_FOLLOWERS);
        self.until.fetch_max(trail.until, Ordering::Relaxed);
    }

    /// Whether any address is remembered.
    pub(crate) fn any(&self, now: u64) -> bool {
        self.until.load(Ordering::Relaxed) > now
    }

    /// The worker where an address's connection belongs, if there is one. `comes` says that the
    /// connection is new.
    pub(crate) fn worker_of(&self, owner: Owner, now: u64, comes: bool) -> Option<usize> {
        let mut trails = self.trails();
        let trail = trails.get_mut(&owner)?;
        if trail.until <= now || trail.followers == 0 {
            return None;
        }
        trail.followers -= u32::from(comes);
        Some(trail.worker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(host: u8) -> Owner {
        Owner::of([10, 0, 0, host].into())
    }

    #[test]
    fn newcomers_follow_long_turns_for_a_while() {
        let slow = SlowOwners::default();
        assert!(!slow.any(1));
        slow.note(owner(1), 3, 1000);
        // Where one is long elsewhere, that changes nothing.
        slow.note(owner(1), 2, 2000);
        assert!(slow.any(2000));
        assert_eq!(slow.worker_of(owner(2), 2000, true), None);
        for _ in 0..2 * FOLLOWERS {
            assert_eq!(slow.worker_of(owner(1), 2000, false), Some(3));
            assert_eq!(slow.worker_of(owner(1), 2000, true), Some(3));
        }
        assert_eq!(slow.worker_of(owner(1), 2000, true), None, "it is not slow");
        slow.note(owner(1), 3, 3000);
        assert_eq!(slow.worker_of(owner(1), 2999 + REMEMBERED, true), Some(3));
        let later = 3000 + REMEMBERED;
        assert_eq!(slow.worker_of(owner(1), later, true), None);
        assert!(!slow.any(later));
        slow.note(owner(1), 2, later);
        assert_eq!(slow.worker_of(owner(1), later, true), Some(2));
    }

    #[test]
    fn few_are_remembered() {
        let slow = SlowOwners::default();
        for number in 0..2 * MOST as u32 {
            let address = std::net::Ipv4Addr::from_bits(number).into();
            slow.note(Owner::of(address), 0, 1000 + u64::from(number));
        }
        assert_eq!(slow.trails().len(), MOST);
    }
}
