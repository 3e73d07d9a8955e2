//! `{ port: 8080 }`, `{ a = 1 b = 2 }`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0011", "a table's field that is written wrong");

/// `name: value`, with the name as Lua writes it.
pub(crate) fn colon(at: usize, name: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a field is not written with `:`")
        .at(at, "not known here")
        .help(format!("write `{name} = ...`"))
}

pub(crate) fn wrong(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a table's field is wrong, or the table is not closed")
        .at(at, "expected `,` or `}` here")
        .help("fields are `name = value`, `[\"any text\"] = value` or a value alone, with `,` between")
}
