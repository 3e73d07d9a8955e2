//! `local page = rover.http.get("...")` outside of functions.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0901", "a wait while the program loads");

/// A word that waits, with what to write instead where that is known.
pub(crate) fn word<At>(at: At, word: &str, instead: Option<&str>) -> Diagnostic<At> {
    let diagnostic = Diagnostic::new(
        CODE,
        format!("`{word}` waits, and nothing can wait while the program loads"),
    )
    .at(at, "called here");
    diagnostic.help(instead.unwrap_or(
        "call it in a handler, or in a function that `rover.on_start` is given: that runs before the server is ready",
    ))
}

/// A function that is to run beside a request.
pub(crate) fn spawned<At>(at: At, raised: &str) -> Diagnostic<At> {
    Diagnostic::new(CODE, raised).at(at, "called here").help(
        "call it in a handler; what runs once is given to `rover.on_start`, what runs again and again to `rover.every`",
    )
}
