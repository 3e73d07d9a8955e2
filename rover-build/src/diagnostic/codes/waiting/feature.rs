//! `rover.http` in a program whose `rover` is built without the feature `client`.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0904", "a word whose feature is off");

/// A word and the feature that it needs.
pub(crate) fn off(at: Position, word: &str, feature: &str) -> Diagnostic {
    let message = format!("`{word}` needs the feature `{feature}` of the crate `rover`");
    Diagnostic::new(CODE, message)
        .at(at, "said here")
        .help(format!(
            "turn it on in Cargo.toml: `rover = {{ ..., features = [\"{feature}\"] }}`, or `cargo add rover --features {feature}` where it stands there already"
        ))
}
