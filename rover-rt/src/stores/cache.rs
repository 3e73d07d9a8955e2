//! What `rover.cache` keeps: values that are made once, however many ask for them.
//!
//! Who asks first for a value that is not there makes it, and has a [`Ticket`] meanwhile. Others wait for what
//! comes of it, or take the old value where there is one that is stale. A ticket that is dropped lets one of
//! those who wait make the value.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rover_model::state::StoreOptions;
use tokio::sync::watch;

use crate::stores::memory::Memory;
use crate::stores::value::ValueRef;
use crate::stores::write::{Condition, Lifetime, StoreError};

/// See the module. Values are bytes, of which it knows nothing.
pub(crate) struct Cache {
    store: Memory,
    /// What is being made, by its key.
    making: Mutex<HashMap<Box<[u8]>, BeingMade>>,
    /// Milliseconds in which a value is given after its time, while a new one is made.
    stale: AtomicU64,
}

/// A value that is being made.
struct BeingMade {
    made: watch::Receiver<Made>,
    /// What is given meanwhile, of a value that is kept elsewhere.
    old: Option<Arc<[u8]>>,
}

/// What has come of making a value.
#[derive(Clone, Debug)]
pub(crate) enum Made {
    /// Nothing yet, or for ever, where who makes it has gone.
    Nothing,
    Value(Arc<[u8]>),
    Error(Arc<[u8]>),
}

/// What becomes of somebody who asks.
pub(crate) enum Asked {
    Value(Vec<u8>),
    /// Makes the value.
    Make(Ticket),
    /// Waits for who makes it.
    Wait(watch::Receiver<Made>),
}

/// Whoever has it makes a value.
pub(crate) struct Ticket {
    cache: Arc<Cache>,
    key: Box<[u8]>,
    made: watch::Sender<Made>,
}

/// Before each value stands until when it is fresh.
const FRESH_BYTES: usize = 8;

impl Cache {
    pub(crate) fn new(options: StoreOptions) -> Self {
        Cache {
            store: Memory::new(options),
            making: Mutex::default(),
            stale: AtomicU64::new(options.stale),
        }
    }

    pub(crate) fn set_options(&self, options: StoreOptions) {
        self.store.set_options(options);
        self.stale.store(options.stale, Ordering::Relaxed);
    }

    /// Asks for a value.
    pub(crate) fn ask(self: &Arc<Self>, key: &[u8]) -> Asked {
        if let Some((value, true)) = self.read(key) {
            return Asked::Value(value);
        }
        let mut making = self.making();
        // Who has made it meanwhile has put it there before it was taken from the others.
        let stale = match self.read(key) {
            Some((value, true)) => return Asked::Value(value),
            Some((value, false)) => Some(value),
            None => None,
        };
        if let Some(BeingMade { made, old }) = making.get(key) {
            return match stale.or_else(|| old.as_ref().map(|old| old.to_vec())) {
                Some(value) => Asked::Value(value),
                None => Asked::Wait(made.clone()),
            };
        }
        let (made, others) = watch::channel(Made::Nothing);
        let being_made = BeingMade {
            made: others,
            old: None,
        };
        making.insert(key.into(), being_made);
        Asked::Make(Ticket {
            cache: Arc::clone(self),
            key: key.into(),
            made,
        })
    }

    pub(crate) fn delete(&self, key: &[u8]) -> bool {
        self.store.delete(key, None)
    }

    pub(crate) fn clear(&self) {
        self.store.clear();
    }

    /// Whether a value is no larger than the cache.
    #[cfg(feature = "redis")]
    pub(crate) fn has_room_for(&self, key: &[u8], value: &[u8]) -> bool {
        self.store
            .check_size(key, FRESH_BYTES + value.len())
            .is_ok()
    }

    /// Milliseconds in which a value is given after its time.
    #[cfg(feature = "redis")]
    pub(crate) fn stale(&self) -> u64 {
        self.stale.load(Ordering::Relaxed)
    }

    /// A value, and whether it is fresh.
    fn read(&self, key: &[u8]) -> Option<(Vec<u8>, bool)> {
        let read = self.store.get(key, |value, _| match value {
            ValueRef::Table(bytes) => bytes
                .split_first_chunk::<FRESH_BYTES>()
                .map(|(until, value)| (value.to_vec(), u64::from_le_bytes(*until))),
            _ => None,
        });
        let (value, until) = read.flatten()?;
        Some((value, self.store.clock().now() < until))
    }

    fn making(&self) -> MutexGuard<'_, HashMap<Box<[u8]>, BeingMade>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn store(&self) -> &Memory {
        &self.store
    }
}

impl Ticket {
    /// Keeps the value for so many milliseconds, and gives it to those who wait.
    ///
    /// # Errors
    /// When it is larger than the cache: those who wait have it nevertheless.
    pub(crate) fn finish(self, value: &[u8], milliseconds: u64) -> Result<(), StoreError> {
        let store = &self.cache.store;
        let until = store.clock().now().saturating_add(milliseconds);
        let mut bytes = Vec::with_capacity(FRESH_BYTES + value.len());
        bytes.extend_from_slice(&until.to_le_bytes());
        bytes.extend_from_slice(value);
        let lives = milliseconds.saturating_add(self.cache.stale.load(Ordering::Relaxed));
        let lifetime = Lifetime::Milliseconds(lives);
        let kept = store.set(
            &self.key,
            ValueRef::Table(&bytes),
            lifetime,
            Condition::Always,
        );
        self.made.send_replace(Made::Value(value.into()));
        kept.map(drop)
    }

    /// Until a new value is there, all get an old one that is kept elsewhere.
    #[cfg(feature = "redis")]
    pub(crate) fn give_old(&self, value: &[u8]) {
        let value: Arc<[u8]> = value.into();
        if let Some(being_made) = self.cache.making().get_mut(&self.key) {
            being_made.old = Some(Arc::clone(&value));
        }
        self.made.send_replace(Made::Value(value));
    }

    /// Those who wait get a value that is kept elsewhere.
    #[cfg(feature = "redis")]
    pub(crate) fn give(self, value: &[u8]) {
        self.made.send_replace(Made::Value(value.into()));
    }

    /// Whether a value is no larger than the cache.
    #[cfg(feature = "redis")]
    pub(crate) fn has_room_for(&self, value: &[u8]) -> bool {
        self.cache.has_room_for(&self.key, value)
    }

    /// As that of the cache.
    #[cfg(feature = "redis")]
    pub(crate) fn stale(&self) -> u64 {
        self.cache.stale()
    }

    /// Those who wait get an error.
    pub(crate) fn fail(self, error: &[u8]) {
        self.made.send_replace(Made::Error(error.into()));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.cache.making().remove(&self.key);
    }
}

/// What has come of a value that another makes.
pub(crate) async fn wait(mut made: watch::Receiver<Made>) -> Made {
    match made.wait_for(|made| !matches!(made, Made::Nothing)).await {
        Ok(made) => made.clone(),
        // Who has made it has gone.
        Err(_) => Made::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(stale: u64) -> Arc<Cache> {
        Arc::new(Cache::new(StoreOptions {
            stale,
            ..StoreOptions::default()
        }))
    }

    fn ticket(cache: &Arc<Cache>) -> Ticket {
        match cache.ask(b"k") {
            Asked::Make(ticket) => ticket,
            Asked::Value(value) => panic!("{value:?} is there"),
            Asked::Wait(_) => panic!("another makes it"),
        }
    }

    fn value(cache: &Arc<Cache>) -> Vec<u8> {
        match cache.ask(b"k") {
            Asked::Value(value) => value,
            Asked::Make(_) => panic!("it is not there"),
            Asked::Wait(_) => panic!("another makes it"),
        }
    }

    fn waiting(cache: &Arc<Cache>) -> watch::Receiver<Made> {
        match cache.ask(b"k") {
            Asked::Wait(made) => made,
            Asked::Value(value) => panic!("{value:?} is there"),
            Asked::Make(_) => panic!("nobody makes it"),
        }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(future)
    }

    #[test]
    fn a_value_is_made_once_and_given_to_all() {
        let cache = cache(0);
        let first = ticket(&cache);
        let others = [waiting(&cache), waiting(&cache)];
        first.finish(b"v", 100).expect("there is room");
        for other in others {
            assert!(matches!(block_on(wait(other)), Made::Value(value) if *value == *b"v"));
        }
        assert_eq!(value(&cache), b"v");
        cache.store().clock().advance(200);
        drop(ticket(&cache));
        assert!(!cache.delete(b"k"));
    }

    #[test]
    fn who_goes_lets_another_make_it() {
        let cache = cache(0);
        let first = ticket(&cache);
        let other = waiting(&cache);
        drop(first);
        assert!(matches!(block_on(wait(other)), Made::Nothing));
        ticket(&cache).finish(b"v", 100).expect("there is room");
        assert_eq!(value(&cache), b"v");
    }

    #[test]
    fn an_error_is_told_and_not_kept() {
        let cache = cache(0);
        let first = ticket(&cache);
        let other = waiting(&cache);
        first.fail(b"e");
        assert!(matches!(block_on(wait(other)), Made::Error(error) if *error == *b"e"));
        drop(ticket(&cache));
    }

    #[test]
    fn an_old_value_is_given_while_a_new_one_is_made() {
        let cache = cache(1000);
        ticket(&cache).finish(b"old", 100).expect("there is room");
        cache.store().clock().advance(500);
        let second = ticket(&cache);
        assert_eq!(value(&cache), b"old");
        second.finish(b"new", 100).expect("there is room");
        assert_eq!(value(&cache), b"new");
        // An old value stays where making a new one fails.
        cache.store().clock().advance(500);
        ticket(&cache).fail(b"e");
        let third = ticket(&cache);
        assert_eq!(value(&cache), b"new");
        drop(third);
        cache.store().clock().advance(2000);
        let fourth = ticket(&cache);
        drop(waiting(&cache));
        drop(fourth);
    }

    #[test]
    fn a_value_that_is_too_large_is_given_and_not_kept() {
        let cache = Arc::new(Cache::new(StoreOptions {
            max_bytes: 1024,
            ..StoreOptions::default()
        }));
        let first = ticket(&cache);
        let other = waiting(&cache);
        let large = vec![0; 2000];
        assert!(first.finish(&large, 100).is_err());
        assert!(matches!(block_on(wait(other)), Made::Value(value) if value.len() == 2000));
        drop(ticket(&cache));
    }
}
