//! What is wrong with a JSON text, and where.

use std::fmt;

/// A text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong.
    pub reason: Reason,
    /// From 1.
    pub line: u32,
    /// The byte in the line, from 1.
    pub column: u32,
}

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Reason {
    Value,
    Element,
    Field,
    Colon,
    Key,
    TrailingComma,
    Trailing,
    EndInValue,
    EndInString,
    EndInArray,
    EndInObject,
    Control,
    Escape,
    Surrogate,
    Number,
    Range,
    Depth,
    Utf8,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Value => "expected a value",
            Reason::Element => "expected `,` or `]`",
            Reason::Field => "expected `,` or `}`",
            Reason::Colon => "expected `:`",
            Reason::Key => "a key must be a string",
            Reason::TrailingComma => "trailing comma",
            Reason::Trailing => "trailing characters",
            Reason::EndInValue => "the text ends where a value is expected",
            Reason::EndInString => "the text ends inside a string",
            Reason::EndInArray => "the text ends inside an array",
            Reason::EndInObject => "the text ends inside an object",
            Reason::Control => "a control character in a string",
            Reason::Escape => "invalid escape",
            Reason::Surrogate => "half a surrogate pair",
            Reason::Number => "invalid number",
            Reason::Range => "a number out of range",
            Reason::Depth => "nesting beyond 128 levels",
            Reason::Utf8 => "not UTF-8",
        })
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Malformed {
            reason,
            line,
            column,
        } = self;
        write!(f, "{reason} at line {line} column {column}")
    }
}

impl std::error::Error for Malformed {}

impl Malformed {
    /// The error after `before`.
    pub(super) fn at(reason: Reason, before: &[u8]) -> Self {
        let is_end = |byte: &u8| *byte == b'\n';
        let start = before.iter().rposition(is_end).map_or(0, |at| at + 1);
        let lines = before.iter().filter(|byte| is_end(byte)).count() + 1;
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Malformed {
            reason,
            line: small(lines),
            column: small(before.len() - start + 1),
        }
    }
}
