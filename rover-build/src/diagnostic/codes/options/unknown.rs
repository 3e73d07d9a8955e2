//! `rover.server { prot = 8080 }`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0302", "an option that there is none of");

pub(crate) fn option(at: Position, name: &str, known: &[&str]) -> Diagnostic {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => did_you_mean(near),
        None => format!("the options are: {}", known.join(", ")),
    };
    Diagnostic::new(CODE, format!("unknown option `{name}`"))
        .at(at, "this option")
        .help(help)
}

/// In the table of an option: `cors = { orgins = "*" }`
pub(crate) fn field(at: Position, option: &str, name: &str, known: &[&str]) -> Diagnostic {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => did_you_mean(near),
        None => format!("the fields of `{option}` are: {}", known.join(", ")),
    };
    Diagnostic::new(CODE, format!("`{option}` has no field `{name}`"))
        .at(at, "this field")
        .help(help)
}
