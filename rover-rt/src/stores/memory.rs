//! A store in the memory of the process.
//!
//! A key belongs to one of 64 shards, each with a lock of its own ([`ShardLock`]). Nobody who holds one waits
//! for another. What a store takes is counted for all shards together, and the entry that was used least
//! recently is looked for in all of them; uses are told apart by the entries that were added between them.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use rover_model::state::StoreOptions;

use crate::stores::clock::{Clock, NEVER};
use crate::stores::lock::{LockedShard, ShardLock};
use crate::stores::shard::{At, ENTRY_BYTES, Shard, Written};
use crate::stores::value::ValueRef;
use crate::stores::write::{Change, Condition, Lifetime, StoreError};

const SHARDS: usize = 64;
/// So many ended entries are looked for at each write ...
const SWEPT: usize = 4;
/// ... and with every so many new entries ...
const OTHERS_EVERY: u64 = 8;
/// ... in another shard, which may see no writes.
const SWEPT_IN_OTHERS: usize = 32;

/// A line of the processor's cache of its own.
#[repr(align(64))]
#[derive(Default)]
struct Line<T>(T);

/// See the module.
pub(crate) struct Memory {
    shards: Vec<ShardLock>,
    /// When the oldest entry of each shard was used.
    oldest: Vec<AtomicU64>,
    /// With a key of its own: clients choose names.
    hasher: RandomState,
    counts: Line<Counts>,
    max_bytes: AtomicUsize,
    evicts: AtomicBool,
    clock: Clock,
}

#[derive(Default)]
struct Counts {
    bytes: AtomicUsize,
    /// How many entries were ever added: the time by which uses are told apart.
    added: AtomicU64,
}

/// A key with its hash in one store: see [`Memory::key`].
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) hash: u64,
}

/// An entry as it was read: for as long as [`Memory::is_as_read`], reading it again would give the same and
/// change nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadMark {
    generation: u64,
    added: u64,
    ends: u64,
}

impl Memory {
    pub(crate) fn new(options: StoreOptions) -> Self {
        Memory {
            shards: (0..SHARDS).map(|_| ShardLock::default()).collect(),
            oldest: (0..SHARDS).map(|_| AtomicU64::new(u64::MAX)).collect(),
            hasher: RandomState::new(),
            counts: Line::default(),
            max_bytes: AtomicUsize::new(most(options)),
            evicts: AtomicBool::new(options.evicts),
            clock: Clock::new(),
        }
    }

    /// Takes other options.
    pub(crate) fn set_options(&self, options: StoreOptions) {
        self.max_bytes.store(most(options), Ordering::Relaxed);
        self.evicts.store(options.evicts, Ordering::Relaxed);
    }

    /// Whether a value is no larger than the store, wherever that is kept.
    ///
    /// # Errors
    /// When it is.
    pub(crate) fn check_size(&self, key: &[u8], value: usize) -> Result<(), StoreError> {
        let bytes = ENTRY_BYTES + key.len() + value;
        let most = self.max_bytes.load(Ordering::Relaxed);
        match bytes > most {
            true => Err(StoreError::TooLarge { bytes, most }),
            false => Ok(()),
        }
    }

    /// Gives a key's value and its version to a function. That must be short and ask no store: a lock is held.
    pub(crate) fn get<R>(
        &self,
        key: &[u8],
        read: impl FnOnce(ValueRef<'_>, u64) -> R,
    ) -> Option<R> {
        self.read(self.key(key), |value, version, _| read(value, version))
    }

    /// The same, with a mark by which one knows whether it is still so.
    #[inline]
    pub(crate) fn read<R>(
        &self,
        key: Key<'_>,
        read: impl FnOnce(ValueRef<'_>, u64, ReadMark) -> R,
    ) -> Option<R> {
        let hash = key.hash;
        let mut shard = self.lock(hash);
        let at = shard.find(hash, key.bytes)?;
        let ends = shard.ends(at);
        if self.has_ended(ends) {
            let freed = shard.remove(at);
            self.free(freed);
            self.publish(hash, &shard);
            return None;
        }
        let added = self.touch(hash, &mut shard, at);
        let mark = ReadMark {
            generation: shard.generation(),
            added,
            ends,
        };
        Some(read(shard.value(at), shard.version(at), mark))
    }

    /// Whether nothing was written to the key's shard since, nothing was added to the store, which would make
    /// another use of the entry a later one, and the entry has not ended.
    #[inline]
    pub(crate) fn is_as_read(&self, hash: u64, mark: ReadMark) -> bool {
        self.shards[shard_of(hash)].generation() == mark.generation
            && self.counts.0.added.load(Ordering::Relaxed) == mark.added
            && !self.has_ended(mark.ends)
    }

    #[inline]
    fn has_ended(&self, ends: u64) -> bool {
        ends != NEVER && ends <= self.clock.now()
    }

    /// Gives a key a value. Whether the condition was met.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn set(
        &self,
        key: &[u8],
        value: ValueRef<'_>,
        lifetime: Lifetime,
        condition: Condition,
    ) -> Result<bool, StoreError> {
        self.set_key(self.key(key), value, lifetime, condition)
    }

    /// The same, of a key with its hash.
    ///
    /// # Errors
    /// When there is no room for it.
    #[inline]
    pub(crate) fn set_key(
        &self,
        key: Key<'_>,
        value: ValueRef<'_>,
        lifetime: Lifetime,
        condition: Condition,
    ) -> Result<bool, StoreError> {
        let is_met = |shard: &Shard, found: Option<At>| match (condition, found) {
            (Condition::Always, _) | (Condition::Absent, None) => true,
            (Condition::Version(version), Some(at)) => shard.version(at) == version,
            (Condition::Absent, Some(_)) | (Condition::Version(_), None) => false,
        };
        self.with_room(|| {
            let (mut shard, found, now) = self.for_write(key, lifetime);
            if !is_met(&shard, found) {
                return Ok(false);
            }
            let ends = match (lifetime, found) {
                (Lifetime::Kept, Some(at)) => shard.ends(at),
                (Lifetime::Kept, None) | (Lifetime::Forever, _) => NEVER,
                (Lifetime::Milliseconds(time), _) => now.saturating_add(time),
            };
            let written = Written {
                hash: key.hash,
                key: key.bytes,
                value,
                ends,
            };
            self.write(&mut shard, found, &written)?;
            Ok(true)
        })
    }

    /// Adds to a key's number, which is 0 where there is none: what it is then. A lifetime counts from when the
    /// number begins.
    ///
    /// # Errors
    /// When its value is no number, or there is no room for it.
    #[inline]
    pub(crate) fn incr(
        &self,
        key: Key<'_>,
        by: f64,
        lifetime: Lifetime,
    ) -> Result<f64, StoreError> {
        self.with_room(|| {
            let (mut shard, found, now) = self.for_write(key, lifetime);
            if let Some(at) = found {
                let ValueRef::Number(number) = shard.value(at) else {
                    return Err(StoreError::NotANumber(shard.value(at).kind()));
                };
                shard.set_number(at, number + by);
                self.touch(key.hash, &mut shard, at);
                return Ok(number + by);
            }
            let ends = match lifetime {
                Lifetime::Milliseconds(time) => now.saturating_add(time),
                Lifetime::Kept | Lifetime::Forever => NEVER,
            };
            let written = Written {
                hash: key.hash,
                key: key.bytes,
                value: ValueRef::Number(by),
                ends,
            };
            self.write(&mut shard, None, &written)?;
            Ok(by)
        })
    }

    /// Removes a key, whatever it has or where it has this version; whether it was there.
    pub(crate) fn delete(&self, key: &[u8], version: Option<u64>) -> bool {
        let key = self.key(key);
        let (mut shard, found, _) = self.for_write(key, Lifetime::Kept);
        let found = found.filter(|at| version.is_none_or(|known| shard.version(*at) == known));
        let Some(at) = found else {
            return false;
        };
        let freed = shard.remove(at);
        self.free(freed);
        self.publish(key.hash, &shard);
        true
    }

    /// Lets a function make something of a key's value, with nobody in between. It must be short and ask no
    /// store: a lock is held, and it may be called twice.
    ///
    /// # Errors
    /// When there is no room for what it makes.
    pub(crate) fn update<R>(
        &self,
        key: &[u8],
        mut change: impl FnMut(Option<ValueRef<'_>>) -> (Change, R),
    ) -> Result<R, StoreError> {
        let key = self.key(key);
        self.with_room(|| {
            let (mut shard, found, now) = self.for_write(key, Lifetime::Milliseconds(0));
            let (change, result) = change(found.map(|at| shard.value(at)));
            match (change, found) {
                (Change::Nothing, _) | (Change::Delete, None) => {}
                (Change::Delete, Some(at)) => {
                    let freed = shard.remove(at);
                    self.free(freed);
                    self.publish(key.hash, &shard);
                }
                (Change::Set(value, lifetime), found) => {
                    let ends = match (lifetime, found) {
                        (Lifetime::Kept, Some(at)) => shard.ends(at),
                        (Lifetime::Kept, None) | (Lifetime::Forever, _) => NEVER,
                        (Lifetime::Milliseconds(time), _) => now.saturating_add(time),
                    };
                    let written = Written {
                        hash: key.hash,
                        key: key.bytes,
                        value: value.borrowed(),
                        ends,
                    };
                    self.write(&mut shard, found, &written)?;
                }
            }
            Ok(result)
        })
    }

    /// The keys that begin with some bytes, in the order of their bytes.
    pub(crate) fn keys(&self, prefix: &[u8]) -> Vec<Vec<u8>> {
        let now = self.clock.now();
        let mut keys = Vec::new();
        for number in 0..SHARDS {
            self.shard(number).each(|key, ends| {
                if ends > now && key.starts_with(prefix) {
                    keys.push(key.to_vec());
                }
            });
        }
        keys.sort_unstable();
        keys
    }

    /// How many keys there are.
    pub(crate) fn size(&self) -> usize {
        let now = self.clock.now();
        let sizes = (0..SHARDS).map(|number| {
            let mut shard = self.shard(number);
            self.sweep(number, &mut shard, now, usize::MAX);
            shard.len()
        });
        sizes.sum()
    }

    /// Removes all.
    pub(crate) fn clear(&self) {
        for number in 0..SHARDS {
            let mut shard = self.shard(number);
            let freed = shard.clear();
            self.free(freed);
            self.publish_number(number, &shard);
        }
    }

    /// A key with its hash.
    #[inline]
    pub(crate) fn key<'k>(&self, bytes: &'k [u8]) -> Key<'k> {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(bytes);
        let hash = hasher.finish();
        Key { bytes, hash }
    }

    fn shard(&self, number: usize) -> LockedShard<'_> {
        self.shards[number].lock()
    }

    #[inline]
    fn lock(&self, hash: u64) -> LockedShard<'_> {
        self.shard(shard_of(hash))
    }

    /// The shard of a key, without some that has ended, and the key's entry. The time is told where anything
    /// has an end.
    #[inline(always)]
    fn for_write(&self, key: Key<'_>, lifetime: Lifetime) -> (LockedShard<'_>, Option<At>, u64) {
        let Key { hash, bytes } = key;
        let mut shard = self.lock(hash);
        let has_ends = shard.has_ends();
        if !has_ends && !matches!(lifetime, Lifetime::Milliseconds(_)) {
            let found = shard.find(hash, bytes);
            return (shard, found, 0);
        }
        let now = self.clock.now();
        self.sweep(shard_of(hash), &mut shard, now, SWEPT);
        let mut found = shard.find(hash, bytes);
        if let Some(at) = found.filter(|at| shard.ends(*at) <= now) {
            let freed = shard.remove(at);
            self.free(freed);
            self.publish(hash, &shard);
            found = None;
        }
        (shard, found, now)
    }

    /// Writes an entry, if there is room.
    #[inline]
    fn write(
        &self,
        shard: &mut Shard,
        found: Option<At>,
        written: &Written<'_>,
    ) -> Result<(), StoreError> {
        let value = written.value.bytes();
        self.check_size(written.key, value)?;
        let bytes = ENTRY_BYTES + written.key.len() + value;
        let most = self.max_bytes.load(Ordering::Relaxed);
        let growth = match found {
            Some(at) => shard.growth(at, written.value),
            None => bytes as isize,
        };
        let total = &self.counts.0.bytes;
        if growth != 0 {
            // Of what shrinks it is a negative number.
            let before = total.fetch_add(growth as usize, Ordering::Relaxed) as isize;
            let is_over = growth > 0 && before.saturating_add(growth) > most as isize;
            if is_over && !self.evicts.load(Ordering::Relaxed) {
                total.fetch_sub(growth as usize, Ordering::Relaxed);
                return Err(StoreError::Full { most });
            }
        }
        let grown = match found {
            Some(at) => {
                let grown = shard.replace(at, written.value, written.ends);
                self.touch(written.hash, shard, at);
                grown
            }
            None => {
                let time = self.counts.0.added.fetch_add(1, Ordering::Relaxed) + 1;
                let bytes = shard.insert(written, time);
                self.publish(written.hash, shard);
                if time.is_multiple_of(OTHERS_EVERY) {
                    self.sweep_another(time);
                }
                bytes as isize
            }
        };
        if grown != growth {
            total.fetch_add((grown - growth) as usize, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Does something that may need room, and makes that: before it, where it is refused for want of it, and
    /// after it.
    #[inline]
    fn with_room<R>(
        &self,
        mut write: impl FnMut() -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let mut result = write();
        if matches!(result, Err(StoreError::Full { .. })) {
            // What has ended needs none.
            self.size();
            result = write();
        }
        let most = self.max_bytes.load(Ordering::Relaxed);
        while self.counts.0.bytes.load(Ordering::Relaxed) > most && self.drop_oldest() {}
        result
    }

    /// Removes the entry of all that was used least recently; whether there was one.
    #[cold]
    fn drop_oldest(&self) -> bool {
        let times = self.oldest.iter().map(|time| time.load(Ordering::Relaxed));
        let Some((time, number)) = times.zip(0..).min() else {
            return false;
        };
        if time == u64::MAX {
            return false;
        }
        let mut shard = self.shard(number);
        let freed = shard.remove_oldest();
        self.free(freed.unwrap_or(0));
        self.publish_number(number, &shard);
        true
    }

    /// Removes what has ended in one of the shards, by turns, unless somebody is in it.
    fn sweep_another(&self, added: u64) {
        let number = (added / OTHERS_EVERY) as usize % SHARDS;
        let Some(mut shard) = self.shards[number].try_lock() else {
            return;
        };
        if shard.has_ends() {
            self.sweep(number, &mut shard, self.clock.now(), SWEPT_IN_OTHERS);
        }
    }

    #[inline]
    fn sweep(&self, number: usize, shard: &mut Shard, now: u64, most: usize) {
        let freed = shard.sweep(now, most);
        if freed > 0 {
            self.free(freed);
            self.publish_number(number, shard);
        }
    }

    /// An entry is used: the time by which uses are told apart.
    #[inline]
    fn touch(&self, hash: u64, shard: &mut Shard, at: At) -> u64 {
        let time = self.counts.0.added.load(Ordering::Relaxed);
        shard.touch(at, time);
        self.publish(hash, shard);
        time
    }

    fn free(&self, bytes: usize) {
        self.counts.0.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    #[inline]
    fn publish(&self, hash: u64, shard: &Shard) {
        self.publish_number(shard_of(hash), shard);
    }

    /// Tells the others when a shard's oldest entry was used.
    #[inline]
    fn publish_number(&self, number: usize, shard: &Shard) {
        let (known, time) = (&self.oldest[number], shard.oldest_use());
        if known.load(Ordering::Relaxed) != time {
            known.store(time, Ordering::Relaxed);
        }
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.counts.0.bytes.load(Ordering::Relaxed)
    }

    /// The time by which its entries end.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }
}

fn most(options: StoreOptions) -> usize {
    usize::try_from(options.max_bytes).unwrap_or(usize::MAX)
}

/// The map of a shard goes by the lowest and the highest bits.
#[inline]
fn shard_of(hash: u64) -> usize {
    (hash >> 40) as usize % SHARDS
}

#[cfg(test)]
mod tests;
