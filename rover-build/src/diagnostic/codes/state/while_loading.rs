//! `visits:set("all", 0)` outside of functions.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R1102",
    "a store that is used while the program loads"
);

/// A method of a store.
pub(crate) fn called<At>(at: At, method: &str) -> Diagnostic<At> {
    let message =
        format!("`{method}` is called while the program loads, and every worker loads the program");
    Diagnostic::new(CODE, message).at(at, "called here").help(
        "call it in a handler, or in a function that `rover.on_start` is given: that runs once, before the server is ready",
    )
}
