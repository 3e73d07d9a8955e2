//! The keys that one VM asks for again and again: their hashes, and what it has read of them.
//!
//! Such a key is found by a quick hash and its bytes. A value that was read is given again without a lock for
//! as long as the store says that nothing has changed: see [`Memory::is_as_read`].

use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::stores::memory::{Key, Memory, ReadMark};
use crate::stores::value::{Value, ValueRef};

/// So many keys, each in the one place that its quick hash has.
const PLACES: usize = 256;
/// Longer keys are hashed each time.
const MOST_KEY_BYTES: usize = 128;
/// Longer values are read from the store each time.
const MOST_VALUE_BYTES: usize = 1024;

/// See the module.
#[derive(Default)]
pub(crate) struct RecentKeys {
    /// None before the first key.
    places: Vec<Place>,
}

#[derive(Default)]
struct Place {
    /// The number of the key's store; 0 where there is no key.
    store: u32,
    key: Vec<u8>,
    hash: u64,
    read: Option<Read>,
    /// The hash of the key that came by last. One that comes twice in a row takes the place.
    came_by: u64,
}

struct Read {
    value: Value,
    version: u64,
    mark: ReadMark,
}

impl RecentKeys {
    /// A key with its hash.
    #[inline]
    pub(crate) fn key<'k>(&mut self, number: u32, store: &Memory, bytes: &'k [u8]) -> Key<'k> {
        let place = self.place(bytes);
        match place.has(number, bytes) {
            true => Key {
                bytes,
                hash: place.hash,
            },
            false => place.come_by(number, store, bytes),
        }
    }

    /// Gives a key's value and its version to a function, as [`Memory::get`] does.
    #[inline]
    pub(crate) fn get<R>(
        &mut self,
        number: u32,
        store: &Memory,
        bytes: &[u8],
        tell: impl FnOnce(ValueRef<'_>, u64) -> R,
    ) -> Option<R> {
        let place = self.place(bytes);
        if !place.has(number, bytes) {
            let key = place.come_by(number, store, bytes);
            return store.read(key, |value, version, _| tell(value, version));
        }
        let hash = place.hash;
        if let Some(read) = &place.read
            && store.is_as_read(hash, read.mark)
        {
            return Some(tell(read.value.borrowed(), read.version));
        }
        let key = Key { bytes, hash };
        let told = store.read(key, |value, version, mark| {
            place.keep(value, version, mark);
            tell(value, version)
        });
        if told.is_none() {
            place.read = None;
        }
        told
    }

    #[inline]
    fn place(&mut self, key: &[u8]) -> &mut Place {
        if self.places.is_empty() {
            self.places.resize_with(PLACES, Place::default);
        }
        let mut hasher = FxHasher::default();
        hasher.write(key);
        &mut self.places[hasher.finish() as usize % PLACES]
    }
}

impl Place {
    #[inline]
    fn has(&self, number: u32, key: &[u8]) -> bool {
        self.store == number && self.key == key
    }

    /// Another key than the one that is here.
    fn come_by<'k>(&mut self, number: u32, store: &Memory, bytes: &'k [u8]) -> Key<'k> {
        let key = store.key(bytes);
        if self.came_by != key.hash {
            self.came_by = key.hash;
        } else if bytes.len() <= MOST_KEY_BYTES {
            self.store = number;
            self.key.clear();
            self.key.extend_from_slice(bytes);
            self.hash = key.hash;
            self.read = None;
        }
        key
    }

    fn keep(&mut self, value: ValueRef<'_>, version: u64, mark: ReadMark) {
        if value.bytes() > MOST_VALUE_BYTES {
            self.read = None;
            return;
        }
        match &mut self.read {
            Some(read) => {
                read.value.take(value);
                read.version = version;
                read.mark = mark;
            }
            none => {
                let value = value.owned();
                *none = Some(Read {
                    value,
                    version,
                    mark,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use rover_model::state::StoreOptions;

    use super::*;
    use crate::stores::write::{Condition, Lifetime};

    struct Reader {
        store: Memory,
        recent: RecentKeys,
    }

    impl Reader {
        fn new(max_bytes: u64) -> Self {
            let options = StoreOptions {
                max_bytes,
                evicts: true,
                ..StoreOptions::default()
            };
            Reader {
                store: Memory::new(options),
                recent: RecentKeys::default(),
            }
        }

        fn get(&mut self, key: &str) -> Option<Value> {
            let own = |value: ValueRef<'_>, _| value.owned();
            self.recent.get(1, &self.store, key.as_bytes(), own)
        }

        fn set(&self, key: &str, value: &str, lifetime: Lifetime) {
            let value = ValueRef::Text(value.as_bytes());
            let done = self
                .store
                .set(key.as_bytes(), value, lifetime, Condition::Always);
            assert_eq!(done, Ok(true));
        }

        fn is_kept(&self, key: &str) -> bool {
            let mut places = self.recent.places.iter();
            places.any(|place| place.key == key.as_bytes() && place.read.is_some())
        }
    }

    fn text(text: &str) -> Option<Value> {
        Some(Value::Text(text.into()))
    }

    #[test]
    fn what_others_write_is_read() {
        let mut reader = Reader::new(1 << 20);
        for i in 0..5 {
            assert_eq!(reader.get("k"), None);
            for round in 0..5 {
                let value = format!("{i} {round}");
                reader.set("k", &value, Lifetime::Forever);
                for _ in 0..4 {
                    assert_eq!(reader.get("k"), text(&value));
                }
                assert!(reader.is_kept("k"));
            }
            match i % 2 {
                0 => assert!(reader.store.delete(b"k", None)),
                _ => reader.store.clear(),
            }
        }
    }

    #[test]
    fn numbers_that_are_counted_are_read() {
        let mut reader = Reader::new(1 << 20);
        for i in 1..10 {
            let key = reader.recent.key(1, &reader.store, b"n");
            let sum = reader.store.incr(key, 1.0, Lifetime::Forever);
            assert_eq!(sum, Ok(f64::from(i)));
            assert_eq!(reader.get("n"), Some(Value::Number(f64::from(i))));
        }
        assert!(reader.is_kept("n"));
    }

    #[test]
    fn what_is_kept_ends() {
        let mut reader = Reader::new(1 << 20);
        reader.set("k", "x", Lifetime::Milliseconds(1000));
        for _ in 0..4 {
            assert_eq!(reader.get("k"), text("x"));
        }
        assert!(reader.is_kept("k"));
        reader.store.clock().advance(2000);
        assert_eq!(reader.get("k"), None);
    }

    #[test]
    fn reading_what_is_kept_is_a_use() {
        let mut reader = Reader::new(64 << 10);
        reader.set("used", "x", Lifetime::Forever);
        for i in 0..1000 {
            reader.set(&format!("other {i}"), "x", Lifetime::Forever);
            assert_eq!(reader.get("used"), text("x"));
            assert_eq!(reader.get("used"), text("x"));
        }
        assert_eq!(reader.get("other 0"), None);
    }

    #[test]
    fn stores_with_the_same_key_differ() {
        let mut reader = Reader::new(1 << 20);
        reader.set("k", "first", Lifetime::Forever);
        for _ in 0..4 {
            assert_eq!(reader.get("k"), text("first"));
        }
        let other = Memory::new(StoreOptions::default());
        for _ in 0..4 {
            let told = reader.recent.get(2, &other, b"k", |value, _| value.owned());
            assert_eq!(told, None);
        }
        assert_eq!(reader.get("k"), text("first"));
    }

    #[test]
    fn a_write_that_has_ended_is_read_by_all() {
        const LAST: u64 = 20_000;
        let store = Memory::new(StoreOptions::default());
        let written = AtomicU64::new(0);
        let read = |recent: &mut RecentKeys| {
            let number = recent.get(1, &store, b"k", |value, _| match value {
                ValueRef::Number(number) => number as u64,
                _ => unreachable!("numbers are written"),
            });
            number.unwrap_or(0)
        };
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut recent = RecentKeys::default();
                    let mut last = 0;
                    while last < LAST {
                        let known = written.load(Ordering::Acquire);
                        let now = read(&mut recent);
                        assert!(now >= known.max(last), "{now} after {known} and {last}");
                        last = now;
                    }
                });
            }
            for number in 1..=LAST {
                let value = ValueRef::Number(number as f64);
                let done = store.set(b"k", value, Lifetime::Forever, Condition::Always);
                assert_eq!(done, Ok(true));
                written.store(number, Ordering::Release);
            }
        });
    }

    #[test]
    fn large_keys_and_values_are_read_from_the_store() {
        let mut reader = Reader::new(1 << 20);
        let (key, value) = ("k".repeat(129), "v".repeat(1025));
        reader.set(&key, "x", Lifetime::Forever);
        reader.set("k", &value, Lifetime::Forever);
        for _ in 0..4 {
            assert_eq!(reader.get(&key), text("x"));
            assert_eq!(reader.get("k"), text(&value));
        }
        assert!(!reader.is_kept(&key) && !reader.is_kept("k"));
        reader.set("k", "small", Lifetime::Forever);
        for _ in 0..2 {
            assert_eq!(reader.get("k"), text("small"));
        }
        assert!(reader.is_kept("k"));
        reader.set("k", &value, Lifetime::Forever);
        assert_eq!(reader.get("k"), text(&value));
        assert!(!reader.is_kept("k"));
    }
}
