//! `rover.every(0, refresh)`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0902",
    "what `rover.every` and its like do not take"
);

/// With the message that the call raised.
pub(crate) fn wrong<At>(at: At, raised: &str) -> Diagnostic<At> {
    let help = match raised.split(' ').next() {
        Some("rover.every") => "write `rover.every(60, function() ... end)`",
        Some("rover.cron") => {
            "the fields are minute, hour, day of the month, month and day of the week, in UTC: \
             `rover.cron(\"0 3 * * *\", function() ... end)` runs at three every night"
        }
        Some("rover.http.client") => {
            "write `rover.http.client { base_url = \"https://example.com\" }`"
        }
        Some("rover.on_stop") => "write `rover.on_stop(function() ... end)`",
        _ => "write `rover.on_start(function() ... end)`",
    };
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help(help)
}
