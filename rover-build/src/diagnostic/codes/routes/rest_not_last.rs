//! `function api.rest_path.info.get(ctx)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0206", "a segment behind the rest of a path");

pub(crate) fn rest(at: Position, segment: &str) -> Diagnostic {
    let message = format!("`{segment}` takes the rest of the path, so it must be last");
    Diagnostic::new(CODE, message)
        .at(at, "nothing can follow it")
        .help("a `p_` parameter takes one segment")
}
