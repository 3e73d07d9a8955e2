//! `rover.rate_limit { rate = "often" }`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0215",
    "what `rover.rate_limit` and its like do not take"
);

/// With the message that the call raised.
pub(crate) fn wrong<At>(at: At, raised: &str) -> Diagnostic<At> {
    let help = match (
        raised.contains("`by`"),
        raised.starts_with("rover.idempotent"),
    ) {
        (true, _) => "write `by = function(ctx) return ctx.client_ip end`",
        (_, true) => "write `api.orders.before = rover.idempotent { ttl = \"24h\" }`",
        (_, false) => "write `api.before = rover.rate_limit { rate = \"100/min\" }`",
    };
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help(help)
}
