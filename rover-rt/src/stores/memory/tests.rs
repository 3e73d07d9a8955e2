use std::sync::Arc;
use std::thread;

use super::*;
use crate::stores::value::Value;

const ALWAYS: Condition = Condition::Always;

fn store(max_bytes: u64, evicts: bool) -> Memory {
    Memory::new(StoreOptions {
        max_bytes,
        evicts,
        stale: 0,
    })
}

fn large() -> Memory {
    Memory::new(StoreOptions::default())
}

fn get(store: &Memory, key: &str) -> Option<Value> {
    store.get(key.as_bytes(), |value, _| value.owned())
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn set(store: &Memory, key: &str, value: &str) -> Result<bool, StoreError> {
    let value = ValueRef::Text(value.as_bytes());
    store.set(key.as_bytes(), value, Lifetime::Forever, ALWAYS)
}

fn set_for(store: &Memory, key: &str, milliseconds: u64) {
    let lifetime = Lifetime::Milliseconds(milliseconds);
    let done = store.set(key.as_bytes(), ValueRef::Null, lifetime, ALWAYS);
    assert_eq!(done, Ok(true));
}

#[test]
fn values_come_back() {
    let store = large();
    let values = [
        Value::Null,
        Value::Boolean(true),
        Value::Number(0.1),
        text("a\0b"),
        Value::Table(vec![1, 2]),
    ];
    for value in &values {
        let done = store.set(b"k", value.borrowed(), Lifetime::Forever, ALWAYS);
        assert_eq!(done, Ok(true));
        assert_eq!(get(&store, "k").as_ref(), Some(value));
    }
    assert_eq!(get(&store, "other"), None);
    assert_eq!(get(&store, ""), None);
    assert!(store.delete(b"k", None));
    assert!(!store.delete(b"k", None));
    assert_eq!(get(&store, "k"), None);
    assert_eq!(store.bytes(), 0);
}

#[test]
fn conditions_are_met_or_nothing_changes() {
    let store = large();
    let set = |value: &str, condition| {
        let value = ValueRef::Text(value.as_bytes());
        store.set(b"k", value, Lifetime::Forever, condition)
    };
    let version = || store.get(b"k", |_, version| version).expect("it is there");
    assert_eq!(set("a", Condition::Version(1)), Ok(false));
    assert_eq!(set("a", Condition::Absent), Ok(true));
    assert_eq!(set("b", Condition::Absent), Ok(false));
    let first = version();
    assert_eq!(set("b", Condition::Version(first)), Ok(true));
    assert_eq!(set("c", Condition::Version(first)), Ok(false));
    assert!(!store.delete(b"k", Some(first)));
    assert_eq!(get(&store, "k"), Some(text("b")));
    // A version is that of one value for ever, also after all is gone.
    let second = version();
    store.clear();
    assert_eq!(set("d", ALWAYS), Ok(true));
    assert_eq!(set("e", Condition::Version(second)), Ok(false));
    assert!(store.delete(b"k", Some(version())));
}

#[test]
fn numbers_are_counted() {
    let store = large();
    let incr = |by| store.incr(store.key(b"n"), by, Lifetime::Forever);
    assert_eq!(incr(1.0), Ok(1.0));
    assert_eq!(incr(-2.5), Ok(-1.5));
    assert_eq!(get(&store, "n"), Some(Value::Number(-1.5)));
    set(&store, "t", "1").expect("there is room");
    let wrong = store.incr(store.key(b"t"), 1.0, Lifetime::Forever);
    assert_eq!(wrong, Err(StoreError::NotANumber("a string")));
    assert_eq!(get(&store, "t"), Some(text("1")));
}

#[test]
fn entries_end() {
    let store = large();
    set_for(&store, "a", 100);
    store.clock().advance(99);
    assert!(get(&store, "a").is_some());
    store.clock().advance(100);
    assert_eq!(get(&store, "a"), None);
    assert_eq!(store.bytes(), 0);
    // The time of a number counts from its beginning, also where it is said again.
    let hour = Lifetime::Milliseconds(3_600_000);
    assert_eq!(store.incr(store.key(b"n"), 1.0, hour), Ok(1.0));
    store.clock().advance(3_500_000);
    assert_eq!(store.incr(store.key(b"n"), 1.0, hour), Ok(2.0));
    store.clock().advance(200_000);
    assert_eq!(store.incr(store.key(b"n"), 1.0, hour), Ok(1.0));
    // Who sets it anew says how long it lives.
    set_for(&store, "b", 100);
    set(&store, "b", "x").expect("there is room");
    store.clock().advance(1000);
    assert_eq!(get(&store, "b"), Some(text("x")));
    set_for(&store, "b", 100);
    let kept = store.set(b"b", ValueRef::Null, Lifetime::Kept, ALWAYS);
    assert_eq!(kept, Ok(true));
    store.clock().advance(1000);
    assert_eq!(get(&store, "b"), None);
}

#[test]
fn what_has_ended_goes_without_being_read() {
    let store = large();
    for i in 0..10_000 {
        set_for(&store, &format!("short {i}"), 100);
    }
    set_for(&store, "long", 1_000_000);
    let full = store.bytes();
    store.clock().advance(1000);
    for i in 0..4_000 {
        set(&store, &format!("new {i}"), "").expect("there is room");
    }
    assert!(store.bytes() < full / 2, "{} of {full}", store.bytes());
    assert_eq!(store.size(), 4_001);
    // Who asks how many there are counts none that has ended.
    store.clock().advance(1_000_000);
    assert_eq!(store.size(), 4_000);
}

#[test]
fn times_that_are_renewed_take_no_room() {
    let store = large();
    for i in 0..100_000 {
        set_for(&store, "session", 1000 + i);
    }
    let shard = store.lock(store.key(b"session").hash);
    assert_eq!(shard.ends_len(), 1);
    drop(shard);
    // Shorter ones come up earlier, and what they replace goes.
    for i in (0..10_000).rev() {
        set_for(&store, "session", 1000 + i);
    }
    assert!(store.lock(store.key(b"session").hash).ends_len() < 100);
    store.clock().advance(1001);
    assert_eq!(get(&store, "session"), None);
}

#[test]
fn what_was_used_least_recently_goes_first() {
    let store = store(100 * (ENTRY_BYTES as u64 + 3), true);
    let key = |i: usize| format!("{i:03}");
    for i in 0..100 {
        set(&store, &key(i), "").expect("there is room");
    }
    assert_eq!(store.size(), 100);
    for i in 0..10 {
        assert!(get(&store, &key(i)).is_some());
    }
    for i in 100..150 {
        set(&store, &key(i), "").expect("others go");
    }
    let left: Vec<usize> = (0..150)
        .filter(|i| get(&store, &key(*i)).is_some())
        .collect();
    let expected: Vec<usize> = (0..10).chain(60..150).collect();
    assert_eq!(left, expected);
    assert!(store.bytes() <= 100 * (ENTRY_BYTES + 3));
}

#[test]
fn a_store_is_never_larger_than_it_may_be() {
    for evicts in [true, false] {
        let store = store(10_000, evicts);
        for i in 0..1000 {
            let _ = set(&store, &format!("{}", i % 70), &"x".repeat(i % 400));
            assert!(store.bytes() <= 10_000);
        }
        let too_large = set(&store, "k", &"x".repeat(10_000));
        assert!(matches!(too_large, Err(StoreError::TooLarge { .. })));
        store.clear();
        assert_eq!((store.bytes(), store.size()), (0, 0));
    }
}

#[test]
fn a_store_that_is_full_says_so() {
    let store = store(3 * (ENTRY_BYTES as u64 + 1), false);
    for key in ["a", "b"] {
        set(&store, key, "").expect("there is room");
    }
    set_for(&store, "c", 100);
    let full = Err(StoreError::Full {
        most: 3 * (ENTRY_BYTES + 1),
    });
    assert_eq!(set(&store, "d", ""), full);
    assert_eq!(set(&store, "a", "x"), full);
    assert_eq!(
        store
            .incr(store.key(b"n"), 1.0, Lifetime::Forever)
            .map(|_| true),
        full
    );
    assert_eq!(get(&store, "a"), Some(text("")));
    // What has ended makes room.
    store.clock().advance(100);
    assert_eq!(set(&store, "d", ""), Ok(true));
}

#[test]
fn keys_are_found_by_how_they_begin() {
    let store = large();
    for key in ["b:2", "a:1", "b:1", "b"] {
        set(&store, key, "").expect("there is room");
    }
    set_for(&store, "b:0", 10);
    store.clock().advance(10);
    let keys = |prefix: &str| {
        let keys = store.keys(prefix.as_bytes()).into_iter();
        keys.map(|key| String::from_utf8_lossy(&key).into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys("b:"), ["b:1", "b:2"]);
    assert_eq!(keys(""), ["a:1", "b", "b:1", "b:2"]);
    assert_eq!(keys("x"), [""; 0]);
}

#[test]
fn a_change_is_made_of_what_is_there() {
    let store = large();
    set_for(&store, "k", 100);
    let kept = store.update(b"k", |value| {
        assert_eq!(value, Some(ValueRef::Null));
        (Change::Set(text("v"), Lifetime::Kept), 1)
    });
    assert_eq!((kept, get(&store, "k")), (Ok(1), Some(text("v"))));
    let seen = store.update(b"k", |value| (Change::Nothing, value.map(ValueRef::owned)));
    assert_eq!(seen, Ok(Some(text("v"))));
    store.clock().advance(100);
    let ended = store.update(b"k", |value| (Change::Nothing, value.is_none()));
    assert_eq!(ended, Ok(true));
    let set = |value: Option<ValueRef<'_>>| {
        let change = match value {
            None => Change::Set(text("w"), Lifetime::Milliseconds(10)),
            Some(_) => Change::Delete,
        };
        (change, ())
    };
    assert_eq!(store.update(b"k", set), Ok(()));
    assert_eq!(get(&store, "k"), Some(text("w")));
    assert_eq!(store.update(b"k", set), Ok(()));
    assert_eq!((get(&store, "k"), store.bytes()), (None, 0));
}

#[test]
fn nobody_is_between_a_value_and_its_change() {
    let store = Arc::new(large());
    let threads = (0..4).map(|_| {
        let store = Arc::clone(&store);
        thread::spawn(move || {
            for _ in 0..5_000 {
                store
                    .incr(store.key(b"counted"), 1.0, Lifetime::Forever)
                    .expect("room");
                let add = |value: Option<ValueRef<'_>>| match value {
                    Some(ValueRef::Number(n)) => {
                        (Change::Set(Value::Number(n + 1.0), Lifetime::Kept), ())
                    }
                    _ => (Change::Set(Value::Number(1.0), Lifetime::Kept), ()),
                };
                store.update(b"updated", add).expect("room");
                loop {
                    let read = store.get(b"swapped", |value, version| (value.owned(), version));
                    let (number, condition) = match read {
                        Some((Value::Number(n), version)) => (n, Condition::Version(version)),
                        _ => (0.0, Condition::Absent),
                    };
                    let value = ValueRef::Number(number + 1.0);
                    let done = store.set(b"swapped", value, Lifetime::Forever, condition);
                    if done.expect("room") {
                        break;
                    }
                }
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    for key in ["counted", "updated", "swapped"] {
        assert_eq!(get(&store, key), Some(Value::Number(20_000.0)), "{key}");
    }
}

#[test]
fn threads_that_fill_a_small_store_leave_it_whole() {
    let store = Arc::new(store(20_000, true));
    let threads = (0..4).map(|seed| {
        let store = Arc::clone(&store);
        thread::spawn(move || {
            for i in 0..20_000_usize {
                let key = format!("{}", (i * 31 + seed * 7) % 500);
                match i % 5 {
                    0 => drop(store.delete(key.as_bytes(), None)),
                    1 => drop(get(&store, &key)),
                    2 => set_for(&store, &key, (i % 3) as u64 + 1),
                    _ => drop(set(&store, &key, &"x".repeat(i % 100)).expect("room")),
                }
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    assert!(store.bytes() <= 20_000);
    // What has a few milliseconds left would end between the two.
    store.clock().advance(10);
    assert_eq!(store.keys(b"").len(), store.size());
    store.clear();
    assert_eq!(store.bytes(), 0);
}
