//! The parser's own messages, said so that they help.

use super::words::Words;
use crate::diagnostic::mistake::{Mistake, UNKNOWN};

/// What the parser says, what is wrong, what stands there, and how to mend it.
const TOLD: [(&str, &str, &str, &str); 12] = [
    (
        VALUE,
        "a value alone is no statement",
        "nothing is done with this",
        "assign it (`local x = ...`), return it, or call it: `f()`",
    ),
    (
        "unexpected token, this needs to be a statement",
        BEGINS,
        "here",
        STATEMENTS,
    ),
    ("leftover token", BEGINS, "here", STATEMENTS),
    (
        "expected expression after binary operator",
        "a value is missing",
        "expected behind this operator",
        "an operator such as `+`, `..` or `or` has a value on both sides",
    ),
    (
        "expected values to set to",
        "a value is missing",
        "expected behind this `=`",
        "write `name = value`",
    ),
    (
        "expected an expression after `=`",
        "a value is missing",
        "expected behind this `=`",
        "write `name = value`, or `nil` for nothing",
    ),
    (
        "expected arguments after `:`",
        "a call is missing",
        "expected behind this",
        "`a:b()` calls a function of `a`; a field is read with `a.b`",
    ),
    (
        "expected a parameter name or `)`",
        "this is no parameter",
        "here",
        "parameters are names with `,` between; `...` may be the last",
    ),
    (
        "expected `}` after last field",
        "a table's field is wrong, or the table is not closed",
        "expected `,` or `}` here",
        "fields are `name = value`, `[\"any text\"] = value` or a value alone, with `,` between",
    ),
    (
        "expected `)` to close function call",
        "an argument is wrong, or the call is not closed",
        "expected `,` or `)` here",
        "arguments stand between `(` and `)`, with `,` between",
    ),
    (
        "expected `in` after name list",
        "`in` is missing",
        "expected here",
        "write `for key, value in pairs(t) do ... end` or `for i = 1, 10 do ... end`",
    ),
    (
        "invalid number",
        "this is no number",
        "here",
        "numbers are written `10`, `0.5`, `1e3` or `0xff`; a name begins with no digit",
    ),
];

pub(super) fn told(words: &Words<'_>, at: usize, message: &str) -> Mistake {
    if message.starts_with("expected `end` to close") || message.starts_with(STRAY) {
        return stray(words, at);
    }
    let at = match message == VALUE {
        true => words.statement_before(at),
        false => at,
    };
    match TOLD.iter().find(|(said, ..)| message.starts_with(said)) {
        Some((_, message, label, help)) => Mistake::new(at, *message, *label).help(*help),
        None if message.starts_with("expected `") => {
            let missing = message.split('`').nth(1).unwrap_or_default();
            Mistake::new(at, format!("`{missing}` is missing"), message)
        }
        None => match MISSING.iter().find(|(what, ..)| message.contains(what)) {
            Some((_, missing, help)) => Mistake::new(at, *missing, message).help(*help),
            None => Mistake::new(at, UNKNOWN, message),
        },
    }
}

/// A word of the parser's message, what is missing, and what may stand there.
const MISSING: [(&str, &str, &str); 6] = [
    ("name", "a name is missing", NAMES),
    ("identifier", "a name is missing", NAMES),
    (
        "condition",
        "a condition is missing",
        "write `if condition then ... end`",
    ),
    ("expression", "a value is missing", VALUES),
    ("values", "a value is missing", VALUES),
    (
        "function body",
        "a function is not complete",
        "write `function(a, b) ... end`",
    ),
];

const NAMES: &str =
    "a name has letters, digits and `_`, begins with no digit, and is no word of Lua itself";
const VALUES: &str = "a value is a name, a number, a text in quotes, a table in braces, a call, or `nil` for nothing";

/// It is told of the word behind the value.
const VALUE: &str = "unexpected expression when looking for a statement";
const STRAY: &str = "unexpected statement after last statement";

/// A word that begins no statement, or comes behind a block's last one.
fn stray(words: &Words<'_>, at: usize) -> Mistake {
    let word = words.tokens.partition_point(|t| t.start < at);
    let last = (0..word).rev().find(|before| {
        matches!(words.word(*before), "return" | "break")
            && words.inside[*before] == words.inside_of(word)
    });
    match last {
        Some(last) => {
            let name = words.word(last);
            Mistake::new(
                at,
                format!("nothing can follow `{name}` in its block"),
                "this would never run",
            )
            .also(words.tokens[last].start, "the block ends with this")
            .help(match name {
                "return" => {
                    "put it before the `return`; several values are returned with `,` between"
                }
                _ => "put it before the `break`",
            })
        }
        None => Mistake::new(at, BEGINS, "here").help(STATEMENTS),
    }
}

/// As `told`, of a piece that is put behind a `return` to be read.
pub(super) fn of_piece(words: &Words<'_>, at: usize, message: &str) -> Mistake {
    match message.starts_with(STRAY) {
        true => Mistake::new(at, UNKNOWN, "this is no value"),
        false => told(words, at, message),
    }
}

const BEGINS: &str = "a statement cannot begin like this";
const STATEMENTS: &str = "a statement assigns (`x = 1`), calls (`f()`), or begins with a word such as `local`, `if`, `return`";
