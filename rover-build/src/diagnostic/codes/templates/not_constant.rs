//! `api.html(data)(text)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0701", "a template that is computed");

pub(crate) fn template(at: Position) -> Diagnostic {
    Diagnostic::new(CODE, "a template is a constant string")
        .at(at, "this is made when the program runs")
        .help("templates are compiled with the program; values go into the data: `{{ name }}`")
}
