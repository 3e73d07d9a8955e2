//! `:cookie("a", "b", { httponly = true })`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::nearest_or_all;
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0505", "an option that cookies do not have");

pub(crate) fn option(at: Position, name: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::new(CODE, format!("there is no cookie option `{name}`"))
        .at(at, "not known")
        .help(nearest_or_all(name, known.iter().copied()))
}
