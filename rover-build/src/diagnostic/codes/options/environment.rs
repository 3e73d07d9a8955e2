//! `rover.server { deadline = rover.env.DEADLINE }`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(
    Error,
    "R0305",
    "an option of the compiled program from the environment"
);

pub(crate) fn compiled_in(at: Position, name: &str) -> Diagnostic {
    Diagnostic::new(
        CODE,
        format!("`{name}` cannot come from the environment: it is compiled in"),
    )
    .at(at, "this option")
    .help(
        "write a constant. Of the environment may come what the server needs to know of where it \
         runs: `host`, `port`, `workers`, `log_level`, `trusted_proxies`, `cors` and the limits of \
         connections",
    )
}
