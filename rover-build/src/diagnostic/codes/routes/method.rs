//! A route's last key that is no method.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0201", "a route that ends with no request method");

pub(crate) fn unknown(at: Position, key: &str, known: &[&str]) -> Diagnostic {
    let help = match nearest(key, known.iter().copied()) {
        Some(near) => did_you_mean(near),
        None => format!("the last key of a route is one of: {}", known.join(", ")),
    };
    Diagnostic::new(CODE, format!("`{key}` is not a request method"))
        .at(at, "the last key is the method")
        .help(help)
}
