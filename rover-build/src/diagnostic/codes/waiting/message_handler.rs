//! `xpcall(f, function(message) rover.sleep(1) end)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0903", "a wait where nothing can wait");

/// A word, the calls that lead to it from the handler on, and where that is given.
pub(crate) fn waits(word: &str, mut calls: Vec<Position>, given: Position) -> Diagnostic {
    let message = format!("`{word}` waits, and nothing can wait in a message handler of `xpcall`");
    let diagnostic = Diagnostic::new(CODE, message);
    let diagnostic = match calls.pop() {
        Some(at) => diagnostic.at(at, "called here"),
        None => diagnostic,
    };
    let calls = calls.into_iter().rev();
    let diagnostic = calls.fold(diagnostic, |told, call| told.at(call, "called from here"));
    diagnostic
        .at(given, "the message handler")
        .help("wait behind the `xpcall`: it gives `false` and what its handler returns")
}
