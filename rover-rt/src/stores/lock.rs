//! The lock of a shard, and how often what it guards was changed, which is read without it.

use std::hint::spin_loop;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use spin::mutex::{SpinMutex, SpinMutexGuard};

use crate::stores::shard::Shard;

// A lock is held for some ten nanoseconds. Who looks all the time takes the lock's line of the cache away from
// the one that holds it, and where that one does not run, looking does not help.
/// Who finds a shard locked looks again after so many pauses of the processor, after twice as many, and so on ...
const FIRST_PAUSES: u32 = 32;
/// ... so often. Then it lets others run first, ...
const LOOKS: u32 = 5;
/// ... and after so many looks it sleeps before each.
const YIELDS: u32 = 64;
const SLEEP: Duration = Duration::from_micros(50);

/// A shard, with lines of the processor's cache of its own.
#[repr(align(64))]
#[derive(Default)]
pub(crate) struct ShardLock {
    shard: SpinMutex<Shard>,
    /// That of the shard, when it was last unlocked.
    generation: AtomicU64,
}

/// A shard that nobody else has. It is held for as long as it takes to look a key up and to copy a value.
pub(crate) struct LockedShard<'a> {
    shard: SpinMutexGuard<'a, Shard>,
    generation: &'a AtomicU64,
}

impl ShardLock {
    #[inline]
    pub(crate) fn lock(&self) -> LockedShard<'_> {
        match self.try_lock() {
            Some(locked) => locked,
            None => self.lock_later(),
        }
    }

    #[cold]
    fn lock_later(&self) -> LockedShard<'_> {
        let mut looks = 0;
        loop {
            match looks {
                0..LOOKS => (0..FIRST_PAUSES << looks).for_each(|_| spin_loop()),
                LOOKS..YIELDS => thread::yield_now(),
                _ => thread::sleep(SLEEP),
            }
            if let Some(locked) = self.try_lock() {
                return locked;
            }
            looks = looks.saturating_add(1);
        }
    }

    /// The shard, unless somebody has it.
    #[inline]
    pub(crate) fn try_lock(&self) -> Option<LockedShard<'_>> {
        let shard = self.shard.try_lock()?;
        let generation = &self.generation;
        Some(LockedShard { shard, generation })
    }

    /// How often the shard was changed. What was read at a generation is so for as long as it is that one.
    #[inline]
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

impl Deref for LockedShard<'_> {
    type Target = Shard;

    #[inline]
    fn deref(&self) -> &Shard {
        &self.shard
    }
}

impl DerefMut for LockedShard<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Shard {
        &mut self.shard
    }
}

impl Drop for LockedShard<'_> {
    /// Tells of changes before the lock is given back: who is answered after a write finds it everywhere.
    #[inline]
    fn drop(&mut self) {
        let generation = self.shard.generation();
        if self.generation.load(Ordering::Relaxed) != generation {
            self.generation.store(generation, Ordering::Release);
        }
    }
}
