//! A part of a store: a map with the order in which its entries were used, and that in which they end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hashbrown::HashTable;

use crate::stores::clock::NEVER;
use crate::stores::value::{Value, ValueRef};

/// What an entry takes beside the bytes of its key and its value: itself, its places in the map and in
/// the order of ends, and what the allocator adds.
pub(crate) const ENTRY_BYTES: usize = 160;

/// No entry.
const NONE: u32 = u32::MAX;

/// An entry, in lists by the numbers of others.
#[derive(Debug)]
struct Entry {
    hash: u64,
    key: Box<[u8]>,
    value: Value,
    /// Of all changes of the shard, the number of the last one of this entry. 0 where there is none.
    version: u64,
    /// When it ends.
    ends: u64,
    /// When the order of ends comes to it, which is no later; [`NEVER`] where it does not stand there.
    listed: u64,
    /// When it was used: the number of the newest entry then.
    used: u64,
    newer: u32,
    older: u32,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Shard {
    map: HashTable<u32>,
    entries: Vec<Entry>,
    free: Vec<u32>,
    newest: Option<u32>,
    oldest: Option<u32>,
    /// When entries may have ended, earliest first, with the entry and the version that it had.
    ends: BinaryHeap<Reverse<(u64, u32)>>,
    /// How many changes there were; what is only used does not change.
    generation: u64,
}

/// An entry that was found.
#[derive(Clone, Copy)]
pub(crate) struct At(u32);

/// What is written of an entry.
pub(crate) struct Written<'a> {
    pub(crate) hash: u64,
    pub(crate) key: &'a [u8],
    pub(crate) value: ValueRef<'a>,
    /// When it ends.
    pub(crate) ends: u64,
}

impl Shard {
    /// The entry of a key, ended or not.
    #[inline]
    pub(crate) fn find(&self, hash: u64, key: &[u8]) -> Option<At> {
        let entries = &self.entries;
        let found = self.map.find(hash, |at| {
            let entry = &entries[*at as usize];
            entry.hash == hash && *entry.key == *key
        });
        found.map(|at| At(*at))
    }

    #[inline]
    pub(crate) fn value(&self, at: At) -> ValueRef<'_> {
        self.entries[at.0 as usize].value.borrowed()
    }

    #[inline]
    pub(crate) fn version(&self, at: At) -> u64 {
        self.entries[at.0 as usize].version
    }

    #[inline]
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    #[inline]
    pub(crate) fn ends(&self, at: At) -> u64 {
        self.entries[at.0 as usize].ends
    }

    /// Whether any entry has an end.
    #[inline]
    pub(crate) fn has_ends(&self) -> bool {
        !self.ends.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.map.len()
    }

    /// When the entry that was used least recently was used.
    #[inline]
    pub(crate) fn oldest_use(&self) -> u64 {
        let oldest = self.oldest.map(|at| self.entries[at as usize].used);
        oldest.unwrap_or(u64::MAX)
    }

    /// An entry is used.
    #[inline]
    pub(crate) fn touch(&mut self, at: At, time: u64) {
        let entry = &mut self.entries[at.0 as usize];
        // Nothing was added since: its place says enough.
        if entry.used == time {
            return;
        }
        entry.used = time;
        if self.newest != Some(at.0) {
            self.unlink(at.0);
            self.link(at.0);
        }
    }

    /// What a value would take more than that of an entry which is there.
    #[inline]
    pub(crate) fn growth(&self, at: At, value: ValueRef<'_>) -> isize {
        value.bytes() as isize - self.entries[at.0 as usize].value.bytes() as isize
    }

    /// Gives an entry a value; by how many bytes the shard has grown.
    #[inline]
    pub(crate) fn replace(&mut self, at: At, value: ValueRef<'_>, ends: u64) -> isize {
        self.generation += 1;
        let entry = &mut self.entries[at.0 as usize];
        let before = entry.value.bytes() as isize;
        entry.value.take(value);
        entry.version = self.generation;
        entry.ends = ends;
        let grown = entry.value.bytes() as isize - before;
        if ends < entry.listed {
            self.list_end(at.0, ends);
        }
        grown
    }

    /// Gives an entry, which has a number, another number.
    #[inline]
    pub(crate) fn set_number(&mut self, at: At, number: f64) {
        self.generation += 1;
        let entry = &mut self.entries[at.0 as usize];
        entry.value = Value::Number(number);
        entry.version = self.generation;
    }

    /// Adds an entry whose key is not there; its bytes.
    pub(crate) fn insert(&mut self, written: &Written<'_>, time: u64) -> usize {
        self.generation += 1;
        let entry = Entry {
            hash: written.hash,
            key: written.key.into(),
            value: written.value.owned(),
            version: self.generation,
            ends: written.ends,
            listed: NEVER,
            used: time,
            newer: NONE,
            older: NONE,
        };
        let bytes = bytes(&entry);
        let at = match self.free.pop() {
            Some(at) => {
                self.entries[at as usize] = entry;
                at
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as u32
            }
        };
        let entries = &self.entries;
        let hash_of = |at: &u32| entries[*at as usize].hash;
        self.map.insert_unique(written.hash, at, hash_of);
        self.link(at);
        if written.ends != NEVER {
            self.list_end(at, written.ends);
        }
        bytes
    }

    /// Removes an entry; its bytes.
    pub(crate) fn remove(&mut self, at: At) -> usize {
        self.generation += 1;
        let at = at.0;
        self.unlink(at);
        let entry = &mut self.entries[at as usize];
        let bytes = bytes(entry);
        let hash = entry.hash;
        entry.version = 0;
        entry.key = Box::default();
        entry.value = Value::Null;
        entry.listed = NEVER;
        if let Ok(found) = self.map.find_entry(hash, |known| *known == at) {
            found.remove();
        }
        self.free.push(at);
        bytes
    }

    /// Removes the entry that was used least recently; its bytes, if there is one.
    pub(crate) fn remove_oldest(&mut self) -> Option<usize> {
        let oldest = self.oldest?;
        Some(self.remove(At(oldest)))
    }

    /// Removes entries that have ended, but no more than so many are looked at; their bytes.
    pub(crate) fn sweep(&mut self, now: u64, most: usize) -> usize {
        let mut bytes = 0;
        for _ in 0..most {
            match self.ends.peek() {
                Some(Reverse((end, _))) if *end <= now => {}
                _ => break,
            }
            let Some(Reverse((end, at))) = self.ends.pop() else {
                break;
            };
            let entry = &mut self.entries[at as usize];
            // Another entry stands there, or it was listed anew.
            if entry.version == 0 || entry.listed != end {
                continue;
            }
            if entry.ends <= now {
                bytes += self.remove(At(at));
                continue;
            }
            // It was given more time.
            let ends = entry.ends;
            entry.listed = NEVER;
            if ends != NEVER {
                self.list_end(at, ends);
            }
        }
        bytes
    }

    /// Calls a function with each key and when it ends.
    pub(crate) fn each(&self, mut f: impl FnMut(&[u8], u64)) {
        for at in &self.map {
            let entry = &self.entries[*at as usize];
            f(&entry.key, entry.ends);
        }
    }

    /// Removes all; their bytes.
    pub(crate) fn clear(&mut self) -> usize {
        let live = self.map.iter().map(|at| bytes(&self.entries[*at as usize]));
        let bytes = live.sum();
        let generation = self.generation;
        *self = Shard::default();
        // A version is given once.
        self.generation = generation + 1;
        bytes
    }

    fn list_end(&mut self, at: u32, ends: u64) {
        self.entries[at as usize].listed = ends;
        self.ends.push(Reverse((ends, at)));
        // What was removed or listed anew before its end stays there until it comes up.
        let most = 2 * self.map.len() + 64;
        if self.ends.len() > most {
            let entries = &self.entries;
            self.ends.retain(|Reverse((end, at))| {
                let entry = &entries[*at as usize];
                entry.version != 0 && entry.listed == *end
            });
        }
    }

    #[cfg(test)]
    pub(crate) fn ends_len(&self) -> usize {
        self.ends.len()
    }

    /// Puts an entry to where the newest are.
    fn link(&mut self, at: u32) {
        let before = self.newest.replace(at);
        let entry = &mut self.entries[at as usize];
        entry.newer = NONE;
        entry.older = before.unwrap_or(NONE);
        match before {
            Some(before) => self.entries[before as usize].newer = at,
            None => self.oldest = Some(at),
        }
    }

    fn unlink(&mut self, at: u32) {
        let entry = &self.entries[at as usize];
        let (newer, older) = (entry.newer, entry.older);
        let some = |at: u32| (at != NONE).then_some(at);
        match some(newer) {
            Some(newer) => self.entries[newer as usize].older = older,
            None => self.newest = some(older),
        }
        match some(older) {
            Some(older) => self.entries[older as usize].newer = newer,
            None => self.oldest = some(newer),
        }
    }
}

fn bytes(entry: &Entry) -> usize {
    ENTRY_BYTES + entry.key.len() + entry.value.bytes()
}
