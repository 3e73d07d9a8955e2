//! `string.lenght("a")`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0802", "a function that a library does not have");

pub(crate) fn unknown(at: Position, library: &str, name: &str, known: &[&str]) -> Diagnostic {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{library}.{near}`?"),
        None => format!("there is: {}", known.join(", ")),
    };
    Diagnostic::new(CODE, format!("`{library}` has no member `{name}`"))
        .at(at, "a handler comes to it")
        .help(help)
}
