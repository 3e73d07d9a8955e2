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
    let is_about = |option: &str| raised.contains(&format!("`{option}`"));
    let help = if is_about("by") {
        "write `by = function(ctx) return ctx.client_ip end`"
    } else if raised.starts_with("rover.idempotent") {
        "write `api.orders.before = rover.idempotent { ttl = \"24h\", required = true }`"
    } else if is_about("burst") || is_about("name") {
        "write `rover.rate_limit { rate = \"5/min\", burst = 10, name = \"login\" }`"
    } else {
        "write `api.before = rover.rate_limit { rate = \"100/min\" }`"
    };
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help(help)
}
