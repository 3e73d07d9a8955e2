//! `{ end = 2 }`, `x.end`, `local end`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0013", "a word of Lua's own as a name");

/// Where the word stands.
pub(crate) enum As {
    /// `{ end = 2 }`
    Field,
    /// `x.end`
    Member,
    /// `x:end()`
    Method,
    /// `local end`
    Name,
}

pub(crate) fn name(at: usize, word: &str, what: &As) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`{word}` is a word of Lua itself"))
        .at(at, "it cannot be a name")
        .help(match what {
            As::Field => format!("write `[\"{word}\"] = ...`"),
            As::Member => format!("write `[\"{word}\"]` instead of `.{word}`"),
            As::Method => "give the function another name".to_owned(),
            As::Name => "choose another name".to_owned(),
        })
}
