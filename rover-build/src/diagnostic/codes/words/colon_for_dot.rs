//! `string:upper(text)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0804", "a colon where a dot must stand");

/// A library's function with the library's name.
pub(crate) fn function(at: Position, word: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("`{word}` is called with a dot"))
        .at(at, "a colon stands before it")
        .help(format!("write `{word}(...)`"))
}
