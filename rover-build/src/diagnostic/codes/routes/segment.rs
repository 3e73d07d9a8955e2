//! A segment of a path that cannot be one.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0204", "a segment that no path can have");

pub(crate) fn empty(at: Position, segment: &str) -> Diagnostic {
    unreachable(at, segment, "is empty")
}

pub(crate) fn with_slash(at: Position, segment: &str) -> Diagnostic {
    unreachable(at, segment, "contains a slash")
}

pub(crate) fn not_utf8(at: Position, segment: &str) -> Diagnostic {
    unreachable(at, segment, "is not UTF-8")
}

fn unreachable(at: Position, segment: &str, what: &str) -> Diagnostic {
    let what = format!("{what}, so no request can reach it");
    wrong(at, segment, &what).help("write one key per segment")
}

/// `p_`
pub(crate) fn without_name(at: Position, segment: &str) -> Diagnostic {
    wrong(at, segment, "has no name").help("name the parameter: `p_id`, `rest_path`")
}

/// `{id}`
pub(crate) fn with_brace(at: Position, segment: &str) -> Diagnostic {
    wrong(at, segment, "contains a brace").help("a parameter is written `p_name`")
}

fn wrong(at: Position, segment: &str, what: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("the path segment `{segment}` {what}")).at(at, "here")
}
