//! Answers whose shape the compiler knows: constant text with places for values.

use super::value::{List, Text};
use crate::Escape;

/// A JSON response whose shape the compiler knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Template {
    /// The status; 0 where the program gives none.
    pub status: u16,
    /// What is written, in order. The values come in the order of the pieces that take one.
    pub pieces: List<Piece>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Piece {
    /// JSON as it is.
    Text(Text),
    /// Fields as they are, after a comma unless they are their object's first.
    Fields(Text),
    /// A field whose value is the next argument, and that is absent where it is nil.
    Field {
        /// `"name":`
        key: Text,
        /// How many containers are around the value.
        depth: u8,
        /// The names that lead to it, for errors: `.rows.first`.
        path: Text,
    },
    /// A field whose value is a part of the request that was checked in place; absent where it
    /// is.
    Checked {
        /// `"name":`
        key: Text,
        /// The number of the checked value.
        checked: usize,
        /// The fields that lead to the part: each one's number and one more, from the low
        /// byte on.
        place: u32,
        /// As a field's.
        path: Text,
    },
    /// A field whose value is a text of the request; absent where that is.
    Part {
        /// `"name":`
        key: Text,
        /// The text.
        part: Part,
        /// As a field's.
        path: Text,
    },
    /// A field whose value is a list that was written already; without a key, the whole
    /// response.
    List {
        /// `"name":`
        key: Text,
        /// As a field's.
        depth: u8,
        /// As a field's.
        path: Text,
    },
}

/// A text of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Part {
    /// `ctx.method`
    Method,
    /// `ctx.path`
    Path,
    /// `ctx.client_ip`
    ClientIp,
    /// `ctx.host`
    Host,
    /// `ctx.scheme`
    Scheme,
    /// `ctx.url`
    Url,
    /// `ctx.request_id`
    RequestId,
    /// A parameter of the path.
    Param(Text),
    /// A value of the query; the last of several.
    Query(Text),
    /// A header, its name in lower case.
    Header(Text),
    /// A cookie; the first of several.
    Cookie(Text),
}

impl Part {
    /// The fields of `ctx`. The runtime's Lua knows each by where it stands here.
    pub const FIELDS: &[(&str, Part)] = &[
        ("method", Part::Method),
        ("path", Part::Path),
        ("client_ip", Part::ClientIp),
        ("host", Part::Host),
        ("scheme", Part::Scheme),
        ("url", Part::Url),
        ("request_id", Part::RequestId),
    ];

    /// The part that `ctx` has by a name.
    pub fn of_field(name: &str) -> Option<&'static Part> {
        let known = Part::FIELDS.iter().find(|(field, _)| *field == name);
        known.map(|(_, part)| part)
    }

    /// The field that Lua knows by this number, from 1 on.
    #[inline]
    pub fn numbered(number: i32) -> Option<&'static Part> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        Part::FIELDS.get(index).map(|(_, part)| part)
    }
}

/// A value in an item of a list that is written while it is built, with the constant text
/// around it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Step {
    /// It is its item's first.
    pub first: bool,
    /// It is its item's last.
    pub last: bool,
    /// What `lead` begins with is a field, which needs a comma unless it is its object's
    /// first.
    pub comma: bool,
    /// Before the value, its field's name included.
    pub lead: Text,
    /// After the value.
    pub tail: Text,
    /// The bytes of `lead` that are the beginning of a string which the value is part of.
    pub prefix: usize,
    /// The bytes of `tail` that are its end.
    pub suffix: usize,
    /// What is written in place of `lead` where the value is absent.
    pub absent_lead: Run,
    /// The same for `tail`.
    pub absent_tail: Run,
    /// How many containers are around the value, the list included.
    pub depth: u8,
    /// The names that lead to it from the item, for errors: `.first`.
    pub path: Text,
}

/// Constant JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Run {
    /// The text.
    pub text: Text,
    /// It begins with a field: a comma comes first, unless it is its object's first.
    pub fields: bool,
}

/// A value in a page, with the constant text around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HtmlStep {
    /// Before the value.
    pub lead: Text,
    /// How the value is written.
    pub escape: Escape,
    /// After the value.
    pub tail: Text,
}
