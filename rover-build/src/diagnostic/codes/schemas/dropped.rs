//! `name:required()` as a statement.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0602", "a schema whose new option is lost");

/// With the option, and the variable that it was to be an option of.
pub(crate) fn option(at: Position, name: &str, variable: Option<&str>) -> Diagnostic {
    let message = "an option gives a new schema and leaves the old one as it is";
    let help = match variable {
        Some(text) => format!("chain it where `{text}` is made: `local {text} = ...:{name}(...)`"),
        None => "give it a name, or write it where it is used".to_owned(),
    };
    Diagnostic::new(CODE, message)
        .at(at, "what this gives is lost")
        .help(help)
}
