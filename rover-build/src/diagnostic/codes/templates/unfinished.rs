//! `<a title="`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0710",
    "a template that ends inside a tag, a value or a comment"
);

/// Where that begins, and what it is.
pub(crate) fn inside(at: usize, what: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("the template ends inside {what}")).at(at, "it begins here")
}
