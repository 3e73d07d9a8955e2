//! `if x = 1 then`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0016", "`=` in a condition");

pub(crate) fn in_condition(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "`=` assigns, it does not compare")
        .at(at, "in a condition")
        .help("equal is `==`")
}
