//! `rover.shared("visits", { max_byts = "1MiB" })`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R1101",
    "what `rover.shared` and its like do not take"
);

/// With the message that the call raised.
pub(crate) fn wrong<At>(at: At, raised: &str) -> Diagnostic<At> {
    let help = match raised.contains("other options before") {
        true => "give the options in one place, and the name alone elsewhere",
        false if raised.starts_with("rover.cache") => {
            "write `rover.cache(\"prices\", { max_bytes = \"16MiB\", stale = \"30s\" })`"
        }
        false => "write `rover.shared(\"visits\", { max_bytes = \"16MiB\", on_full = \"error\" })`",
    };
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help(help)
}
