//! An error that the chunk raises.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0105", "an error while the routes were collected");

const MESSAGE: &str = "error while the routes were collected";

/// With what was raised.
pub(crate) fn error<At>(at: At, raised: &str) -> Diagnostic<At> {
    Diagnostic::new(CODE, MESSAGE).at(at, raised)
}

/// What was raised at no place of the program.
pub(crate) fn nowhere(raised: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(CODE, format!("{MESSAGE}: {raised}"));
    match raised.contains("stack overflow") {
        true => diagnostic.help("a function calls itself without an end"),
        false => diagnostic,
    }
}

/// A name that is nil, by Lua's message.
pub(crate) fn nil<At>(at: At, name: &str, lua: &str, help: Option<String>) -> Diagnostic<At> {
    let why = match lua.split(' ').nth(2).unwrap_or_default() {
        "index" => "it has no fields",
        "call" => "it cannot be called",
        "concatenate" => "it cannot be joined with `..`",
        "perform" => "nothing can be calculated with it",
        _ => lua,
    };
    let diagnostic = error(at, &format!("`{name}` is nil here: {why}"));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// Adds the calls that led to it.
pub(crate) fn with_calls(
    diagnostic: Diagnostic,
    calls: impl Iterator<Item = Position>,
) -> Diagnostic {
    calls.fold(diagnostic, |diagnostic, call| {
        diagnostic.at(call, "called from here")
    })
}

/// Says that a variable of the environment was asked for, and where if that was elsewhere.
pub(crate) fn for_want_of(
    diagnostic: Diagnostic,
    variable: &str,
    written: &str,
    elsewhere: Option<&Position>,
) -> Diagnostic {
    let place = elsewhere.map(|place| format!(" ({}, line {})", place.file, place.line));
    let place = place.unwrap_or_default();
    diagnostic.help(format!(
        "the environment is empty in the build: `{written}`{place} is nil there. Declare what the \
         program needs, which is checked at the start: \
         `local env = rover.env {{ {variable} = rover.guard:string():required() }}` gives \
         `env.{variable}`. Or write a value for where it is not set: `{written} or \"\"`"
    ))
}

/// Says that what `rover.env` has given are not the values of a start.
pub(crate) fn with_placeholders(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.help(
        "in the build `rover.env { ... }` gives defaults, and something of its type for what is \
         required; what is neither is nil, as it may be at the start",
    )
}
