//! What is wrong with a JSON text, and where.

use thiserror::Error;

/// A text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{reason} at line {line} column {column}")]
pub struct Malformed {
    /// What is wrong.
    pub reason: Reason,
    /// From 1.
    pub line: u32,
    /// The byte in the line, from 1.
    pub column: u32,
}

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum Reason {
    #[error("expected a value")]
    Value,
    #[error("expected `,` or `]`")]
    Element,
    #[error("expected `,` or `}}`")]
    Field,
    #[error("expected `:`")]
    Colon,
    #[error("a key must be a string")]
    Key,
    #[error("trailing comma")]
    TrailingComma,
    #[error("trailing characters")]
    Trailing,
    #[error("the text ends where a value is expected")]
    EndInValue,
    #[error("the text ends inside a string")]
    EndInString,
    #[error("the text ends inside an array")]
    EndInArray,
    #[error("the text ends inside an object")]
    EndInObject,
    #[error("a control character in a string")]
    Control,
    #[error("invalid escape")]
    Escape,
    #[error("half a surrogate pair")]
    Surrogate,
    #[error("invalid number")]
    Number,
    #[error("a number out of range")]
    Range,
    #[error("nesting beyond 128 levels")]
    Depth,
    #[error("not UTF-8")]
    Utf8,
}

impl Malformed {
    /// The error after `before`.
    pub(super) fn at(reason: Reason, before: &[u8]) -> Self {
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let lines = memchr::memchr_iter(b'\n', before).count() + 1;
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Malformed {
            reason,
            line: small(lines),
            column: small(before.len() - start + 1),
        }
    }
}
