//! Hashes of passwords: made with Argon2id, checked in the forms that others make too. Each takes
//! tens of milliseconds and, for Argon2, some MiB, so it is done on threads of their own.

mod argon2id;
mod bcrypted;
mod pbkdf2;
mod stored;
mod wrong;

use std::sync::LazyLock;
use std::thread::available_parallelism;

pub(crate) use argon2id::hash;
pub(crate) use stored::Stored;

use crate::wait::threads::Threads;

/// Longer ones are nobody's.
pub(crate) const LONGEST: usize = 4096;
/// More threads would only take their time from workers.
const MOST_THREADS: usize = 4;
/// What waits beyond this would wait for seconds.
const MOST_WAITING: usize = 256;

/// Where passwords are hashed.
pub(crate) static THREADS: LazyLock<Threads> = LazyLock::new(|| {
    let cores = available_parallelism().map_or(1, usize::from);
    Threads::new("rover-passwords", cores.min(MOST_THREADS), MOST_WAITING)
});
