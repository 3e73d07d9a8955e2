//! How something is written into a store: for how long, on which condition, and why it is not.

use crate::stores::value::Value;

/// How long an entry lives from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// As long as it would have; for ever, where it is new.
    Kept,
    Forever,
    /// So many milliseconds.
    Milliseconds(u64),
}

/// When something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Always,
    /// Where the key has no value.
    Absent,
    /// Where its value is the one that had this version when it was read.
    Version(u64),
}

/// What a function makes of an entry.
pub(crate) enum Change {
    /// It stays.
    Nothing,
    Set(Value, Lifetime),
    #[cfg_attr(not(test), expect(dead_code, reason = "sessions are made of it"))]
    Delete,
}

/// Why something is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// There is no room, and nothing is dropped for it.
    #[error("it is full: its keys and values take {most} bytes (`max_bytes`)")]
    Full { most: usize },
    /// Its key and value alone are more than the store holds.
    #[error("the value takes {bytes} bytes, and the store holds {most} (`max_bytes`)")]
    TooLarge { bytes: usize, most: usize },
    /// Something that has no number is counted.
    #[error("its value is {0}, not a number")]
    NotANumber(&'static str),
}
