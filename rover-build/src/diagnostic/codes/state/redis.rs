//! `rover.redis("http://localhost")`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R1103", "what `rover.redis` does not take");

/// With the message that the call raised.
pub(crate) fn wrong<At>(at: At, raised: &str) -> Diagnostic<At> {
    let help = match raised.contains("option") || raised.contains("must be") {
        true => "the options are `timeout` and `tls`: `rover.redis(url, { timeout = \"2s\" })`",
        false => {
            "write `rover.redis \"redis://user:password@host:6379/0\"`, `rediss://` for TLS, or `unix:/run/redis.sock`"
        }
    };
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help(help)
}
