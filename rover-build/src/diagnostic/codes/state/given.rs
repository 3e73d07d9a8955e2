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
        true => "give the options in one place, and name the store without options elsewhere",
        false => "write `rover.shared(\"visits\", { max_bytes = \"16MiB\", on_full = \"error\" })`",
    };
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help(help)
}
