//! `{{ if x then }}<a href="{{ end }}`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0708",
    "a block of a template that ends in another place than it begins"
);

/// The place where one branch ends, and where the page is without it.
pub(crate) fn branch(at: usize, ends: &str, without: &str) -> Diagnostic<usize> {
    differs(
        at,
        format!("this branch ends in {ends}, and without it in {without}"),
    )
}

pub(crate) fn loop_begins(at: usize, place: &str) -> Diagnostic<usize> {
    differs(at, format!("the loop begins in {place}"))
}

/// `break`
pub(crate) fn loop_left(at: usize, place: &str) -> Diagnostic<usize> {
    differs(at, format!("the loop ends here inside {place}"))
}

/// A page that would go on differently, for which no one escaping is right.
fn differs(at: usize, label: String) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a block ends in another place than it begins")
        .at(at, label)
        .help("open and close tags, quotes and comments on the same side of a block")
}

/// `<p class={{ if x then }}a{{ end }}>`
pub(crate) fn for_value(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a block in place of an attribute's value")
        .at(at, "here")
        .help("put the value in quotes")
}

/// `{{ if x then }}a{{ end }}b="c"` in a tag.
pub(crate) fn joined(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "an attribute is joined to a block")
        .at(at, "a blank is missing before it")
}
