//! A chunk that does not end.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0106", "a manifest that does not finish");

pub(crate) fn chunk(at: Position) -> Diagnostic {
    Diagnostic::new(CODE, "the manifest did not finish")
        .at(at, "still here after 2 seconds")
        .help("the chunk runs at build to learn the routes: it must end")
}
