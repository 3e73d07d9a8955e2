//! `return api.html { a = 1 }`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0702", "data without its template");

pub(crate) fn after_data(data: Position) -> Diagnostic {
    Diagnostic::new(CODE, "`html` takes a template after its data")
        .at(data, "this is the data")
        .help("write `api.html { ... } [[ ... ]]`")
}
