//! `xpcall(f, function(message) rover.sleep(1) end)`, `store:update(key, function() rover.sleep(1) end)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0903", "a wait where nothing can wait");

/// Whose function it is.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    /// The message handler of an `xpcall`.
    Handler,
    /// That of a store's `update`.
    Update,
}

/// A word, the calls that lead to it from the function on, and where that is given.
pub(crate) fn waits(
    whose: Whose,
    word: &str,
    mut calls: Vec<Position>,
    given: Position,
) -> Diagnostic {
    let (place, what, help) = match whose {
        Whose::Handler => (
            "in a message handler of `xpcall`",
            "the message handler",
            "wait behind the `xpcall`: it gives `false` and what its handler returns",
        ),
        Whose::Update => (
            "in the function of `update`",
            "the function",
            "wait before the `update`, and use the result in its function",
        ),
    };
    let message = format!("`{word}` waits, and nothing can wait {place}");
    let diagnostic = Diagnostic::new(CODE, message);
    let diagnostic = match calls.pop() {
        Some(at) => diagnostic.at(at, "called here"),
        None => diagnostic,
    };
    let calls = calls.into_iter().rev();
    let diagnostic = calls.fold(diagnostic, |told, call| told.at(call, "called from here"));
    diagnostic.at(given, what).help(help)
}
