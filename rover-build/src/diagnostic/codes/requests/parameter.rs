//! `ctx:params().ID` where the path has `p_id`.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0403", "a parameter that the path does not have");

pub(crate) fn unknown(at: Position, pattern: &str, name: &str, known: &[&str]) -> Diagnostic {
    let help = match (nearest(name, known.iter().copied()), known) {
        (Some(near), _) => did_you_mean(near),
        (_, []) => format!("a parameter is a key of the path: `p_{name}`"),
        _ => format!("the path has: {}", known.join(", ")),
    };
    let message = format!("the path `{pattern}` has no parameter `{name}`");
    Diagnostic::new(CODE, message)
        .at(at, "this is always nil")
        .help(help)
}
