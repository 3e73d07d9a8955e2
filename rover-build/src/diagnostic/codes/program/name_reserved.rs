//! A name that the compiled program has for itself.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0109", "a name that is the compiler's own");

pub(crate) fn name(at: Position, name: &str) -> Diagnostic {
    let message = format!("the name `{name}` is the compiler's own");
    Diagnostic::new(CODE, message).at(at, "choose another name")
}
