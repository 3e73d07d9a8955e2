//! `<b><i></b>`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0709",
    "an element that is not closed, or not opened"
);

pub(crate) fn closes_nothing(at: usize, name: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`</{name}>` closes nothing")).at(at, "no such element is open")
}

/// Another element closes around it.
pub(crate) fn crossed(at: usize, name: &str, closed: usize, around: &str) -> Diagnostic<usize> {
    let message = format!("`<{name}>` is not closed before `</{around}>`");
    Diagnostic::new(CODE, message)
        .at(at, "opened here")
        .at(closed, "closed around it")
}

pub(crate) fn not_closed(at: usize, name: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`<{name}>` is not closed")).at(at, "opened here")
}
