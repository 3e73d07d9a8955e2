//! What is wrong with a value, and how it is said.

use std::fmt;

use super::constant::Str;
use super::format::Format;

/// What a value is, where it should be something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number with a fraction.
    Number,
    /// A string.
    String,
    /// A list.
    Array,
    /// A record.
    Object,
    /// A file of a form.
    File,
    /// Of Lua.
    Function,
    /// Of Lua.
    Thread,
    /// Of Lua.
    Userdata,
}

impl Got {
    /// A number's.
    pub fn number(value: f64) -> Self {
        match is_integer(value) {
            true => Got::Integer,
            false => Got::Number,
        }
    }
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Got::Null => "null",
            Got::Boolean => "boolean",
            Got::Integer => "integer",
            Got::Number => "number",
            Got::String => "string",
            Got::Array => "array",
            Got::Object => "object",
            Got::File => "file",
            Got::Function => "function",
            Got::Thread => "thread",
            Got::Userdata => "userdata",
        })
    }
}

/// Whether a number has no fraction.
#[inline]
pub fn is_integer(value: f64) -> bool {
    // `fract` is a call of the C library's without SSE 4.1; the cast is exact below 2^63.
    value as i64 as f64 == value || value.fract() == 0.0
}

/// A rule that a value breaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault<'a> {
    /// It is absent.
    Required,
    /// It is of another type than the one with this article.
    Type(&'static str, Got),
    /// It is none of these.
    Enum(&'a [Str], &'a [u8]),
    /// It is below the least.
    Least(f64, f64),
    /// It is above the largest.
    Most(f64, f64),
    /// It has too few or too many of its parts.
    Length(Bound, u32, usize, Unit),
    /// The pattern is not found.
    Pattern(&'a str),
    /// It does not look so.
    Format(Format),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    Least,
    Most,
    Exactly,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    Characters,
    Items,
}

impl Fault<'_> {
    /// The name by which clients know it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Fault::Required => "required",
            Fault::Type(..) => "type",
            Fault::Enum(..) => "enum",
            Fault::Least(..) | Fault::Most(..) => "range",
            Fault::Length(..) => "length",
            Fault::Pattern(_) => "pattern",
            Fault::Format(_) => "format",
        }
    }

    /// What is said of the field at a path, which is empty for the value itself.
    pub(super) fn message(&self, field: &str) -> String {
        match *self {
            Fault::Required if field.is_empty() => "A value is required".to_owned(),
            Fault::Required => format!("Field '{field}' is required"),
            Fault::Type(wanted, got) => format!("Must be {wanted}, got {got}"),
            Fault::Enum(choices, got) => {
                format!(
                    "Must be one of: {}. Got: '{}'",
                    choices.join(", "),
                    shown(got)
                )
            }
            Fault::Least(limit, got) => format!("Must be at least {limit}, got {got}"),
            Fault::Most(limit, got) => format!("Must be at most {limit}, got {got}"),
            Fault::Length(bound, limit, got, unit) => {
                let bound = match bound {
                    Bound::Least => "at least",
                    Bound::Most => "at most",
                    Bound::Exactly => "exactly",
                };
                let unit = match (unit, limit) {
                    (Unit::Characters, 1) => "character",
                    (Unit::Characters, _) => "characters",
                    (Unit::Items, 1) => "item",
                    (Unit::Items, _) => "items",
                };
                format!("Must have {bound} {limit} {unit}, got {got}")
            }
            Fault::Pattern(pattern) => format!("Must match the pattern '{pattern}'"),
            Fault::Format(format) => format!("Must be {}", format.described()),
        }
    }
}

/// As much of a client's text as an answer repeats.
fn shown(text: &[u8]) -> String {
    const MOST: usize = 64;
    let text = String::from_utf8_lossy(text);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.into_owned(),
    }
}
