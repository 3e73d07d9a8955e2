//! Reads and writes of stores, called through the FFI: see `stores.lua`.

use std::ffi::c_char;

use crate::stores::memory::Memory;
use crate::stores::recent::RecentKeys;
use crate::stores::value::ValueRef;
use crate::stores::write::{Condition, Lifetime, StoreError};
use crate::vm::native::traced::{Traced, traced};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::state::vm::VmState;

// What a value is, as `stores.lua` is told. Nothing is 0.
const NULL: u32 = 1;
const FALSE: u32 = 2;
const TRUE: u32 = 3;
const NUMBER: u32 = 4;
const TEXT: u32 = 5;
pub(crate) const TABLE: u32 = 6;

// What became of a write.
const REFUSED: u32 = 0;
const DONE: u32 = 1;
/// [`VmStores::problem`](crate::vm::state::stores::VmStores) says why.
const FAILED: u32 = 2;

/// Lua counts in doubles: a text has fewer bytes than this, so that its length fits 32 bits.
const MOST_BYTES: usize = u32::MAX as usize;

/// What `stores.lua` calls through the FFI, by name.
pub(crate) fn functions() -> [Traced; 6] {
    traced! {
        "store_get" = get: fn(&VmState, u32, *const c_char, usize) -> u32,
        "store_set_text" = set_text:
            fn(&VmState, u32, *const c_char, usize, *const c_char, usize, f64, f64) -> u32,
        "store_set_number" = set_number:
            fn(&VmState, u32, *const c_char, usize, f64, f64, f64) -> u32,
        "store_set_other" = set_other:
            fn(&VmState, u32, *const c_char, usize, u32, f64, f64) -> u32,
        "store_incr" = incr: fn(&VmState, u32, *const c_char, usize, f64, f64) -> u32,
        "store_delete" = delete: fn(&VmState, u32, *const c_char, usize, f64) -> u32,
    }
}

/// A string that `stores.lua` gives by its address and its length.
///
/// # Safety
/// They are those of a Lua string that is held during the call.
unsafe fn text<'s>(address: *const c_char, bytes: usize) -> &'s [u8] {
    // SAFETY: the caller holds a string that has so many bytes at this address.
    unsafe { std::slice::from_raw_parts(address.cast(), bytes) }
}

/// A lifetime in milliseconds; 0 for ever, a negative one as it was.
pub(crate) fn lifetime(milliseconds: f64) -> Lifetime {
    match milliseconds {
        0.0 => Lifetime::Forever,
        kept if kept < 0.0 => Lifetime::Kept,
        milliseconds => Lifetime::Milliseconds(milliseconds as u64),
    }
}

/// -2 for always, -1 where nothing is there; else the version that is there.
fn condition(condition: f64) -> Condition {
    match condition {
        -2.0 => Condition::Always,
        -1.0 => Condition::Absent,
        version => Condition::Version(version as u64),
    }
}

/// Tells Lua what a value is; its bytes are copied.
#[inline]
pub(crate) fn tell(shared: &VmState, value: ValueRef<'_>) -> u32 {
    let own = &shared.stores;
    match value {
        ValueRef::Null => NULL,
        ValueRef::Boolean(false) => FALSE,
        ValueRef::Boolean(true) => TRUE,
        ValueRef::Number(number) => {
            own.slots.number.set(number);
            NUMBER
        }
        ValueRef::Text(text) => {
            own.keep(text);
            TEXT
        }
        ValueRef::Table(encoded) => {
            own.keep(encoded);
            TABLE
        }
    }
}

/// Does something with a store that may fail.
#[inline]
fn attempt(
    shared: &VmState,
    store: u32,
    f: impl FnOnce(&Memory, &mut RecentKeys) -> Result<u32, StoreError>,
) -> u32 {
    pure_or_default(shared, || {
        match shared.stores.with_recent(store, f) {
            Some(Ok(outcome)) => outcome,
            Some(Err(problem)) => {
                shared.stores.problem.set(Some(problem));
                FAILED
            }
            // Lua has numbers of stores that there are.
            None => REFUSED,
        }
    })
}

fn set(
    shared: &VmState,
    store: u32,
    key: &[u8],
    value: ValueRef<'_>,
    (time, when): (f64, f64),
) -> u32 {
    attempt(shared, store, |memory, recent| {
        if key.len().max(value.bytes()) > MOST_BYTES {
            let bytes = key.len().saturating_add(value.bytes());
            let most = MOST_BYTES;
            return Err(StoreError::TooLarge { bytes, most });
        }
        let key = recent.key(store, memory, key);
        let done = memory.set_key(key, value, lifetime(time), condition(when))?;
        Ok(if done { DONE } else { REFUSED })
    })
}

unsafe extern "C" fn get(shared: &VmState, store: u32, key: *const c_char, bytes: usize) -> u32 {
    // SAFETY: these are the address and the length of a string that is an argument of the caller's.
    let key = unsafe { text(key, bytes) };
    pure_or_default(shared, || {
        let told = shared.stores.with_recent(store, |memory, recent| {
            recent.get(store, memory, key, |value, version| {
                shared.stores.slots.version.set(version as f64);
                tell(shared, value)
            })
        });
        told.flatten().unwrap_or(0)
    })
}

unsafe extern "C" fn set_text(
    shared: &VmState,
    store: u32,
    key: *const c_char,
    bytes: usize,
    value: *const c_char,
    value_bytes: usize,
    time: f64,
    when: f64,
) -> u32 {
    // SAFETY: these are the addresses and the lengths of strings that are arguments of the caller's.
    let (key, value) = unsafe { (text(key, bytes), text(value, value_bytes)) };
    set(shared, store, key, ValueRef::Text(value), (time, when))
}

unsafe extern "C" fn set_number(
    shared: &VmState,
    store: u32,
    key: *const c_char,
    bytes: usize,
    value: f64,
    time: f64,
    when: f64,
) -> u32 {
    // SAFETY: these are the address and the length of a string that is an argument of the caller's.
    let key = unsafe { text(key, bytes) };
    set(shared, store, key, ValueRef::Number(value), (time, when))
}

/// A table is the one that was encoded last.
unsafe extern "C" fn set_other(
    shared: &VmState,
    store: u32,
    key: *const c_char,
    bytes: usize,
    kind: u32,
    time: f64,
    when: f64,
) -> u32 {
    // SAFETY: these are the address and the length of a string that is an argument of the caller's.
    let key = unsafe { text(key, bytes) };
    let encoded = shared.stores.encoded.borrow();
    let value = match kind {
        FALSE => ValueRef::Boolean(false),
        TRUE => ValueRef::Boolean(true),
        TABLE => ValueRef::Table(&encoded),
        _ => ValueRef::Null,
    };
    set(shared, store, key, value, (time, when))
}

/// The sum is in the slot of numbers.
unsafe extern "C" fn incr(
    shared: &VmState,
    store: u32,
    key: *const c_char,
    bytes: usize,
    by: f64,
    time: f64,
) -> u32 {
    // SAFETY: these are the address and the length of a string that is an argument of the caller's.
    let key = unsafe { text(key, bytes) };
    attempt(shared, store, |memory, recent| {
        let key = recent.key(store, memory, key);
        let sum = memory.incr(key, by, lifetime(time))?;
        shared.stores.slots.number.set(sum);
        Ok(DONE)
    })
}

/// Of any version where that is negative.
unsafe extern "C" fn delete(
    shared: &VmState,
    store: u32,
    key: *const c_char,
    bytes: usize,
    version: f64,
) -> u32 {
    // SAFETY: these are the address and the length of a string that is an argument of the caller's.
    let key = unsafe { text(key, bytes) };
    attempt(shared, store, |memory, _| {
        let version = (version >= 0.0).then_some(version as u64);
        Ok(match memory.delete(key, version) {
            true => DONE,
            false => REFUSED,
        })
    })
}
