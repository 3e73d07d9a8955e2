//! The parser's own messages, as mistakes.

use super::mistake::Mistake;
use super::words::Words;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::syntax::{
    after_return, not_lua, part_missing, statement, table_field, value_missing,
};
use crate::diagnostic::codes::templates::tag;

type Told = Diagnostic<usize>;
/// What is told of a place.
type Tell = fn(usize) -> Told;
/// What is told of a place with the parser's own message.
type TellSaid = fn(usize, &str) -> Told;

/// How a message of the parser begins, and what is told of it.
const KNOWN: [(&str, Tell); 12] = [
    (VALUE, statement::value_alone),
    (
        "unexpected token, this needs to be a statement",
        statement::begins_wrong,
    ),
    ("leftover token", statement::begins_wrong),
    (
        "expected expression after binary operator",
        value_missing::behind_operator,
    ),
    ("expected values to set to", value_missing::of_assignment),
    ("expected an expression after `=`", value_missing::of_field),
    ("expected arguments after `:`", part_missing::call),
    ("expected a parameter name or `)`", part_missing::parameter),
    ("expected `}` after last field", table_field::wrong),
    (
        "expected `)` to close function call",
        part_missing::argument,
    ),
    ("expected `in` after name list", part_missing::in_of_loop),
    ("invalid number", not_lua::number),
];

/// A word of the parser's message, and what is missing.
const MISSING: [(&str, TellSaid); 6] = [
    ("name", part_missing::name),
    ("identifier", part_missing::name),
    ("condition", value_missing::condition),
    ("expression", value_missing::said),
    ("values", value_missing::said),
    ("function body", part_missing::function),
];

/// It is told of the word behind the value.
const VALUE: &str = "unexpected expression when looking for a statement";
const STRAY: &str = "unexpected statement after last statement";

/// Of a whole text.
pub(super) fn told(words: &Words<'_>, at: usize, message: &str) -> Mistake {
    of_message(words, at, message, not_lua::said)
}

/// Of a tag of a template, which is put behind a `return` to be read.
pub(super) fn of_tag(words: &Words<'_>, at: usize, message: &str) -> Mistake {
    match message.starts_with(STRAY) {
        true => tag::said(at, "this is no value").into(),
        false => of_message(words, at, message, tag::said),
    }
}

fn of_message(words: &Words<'_>, at: usize, message: &str, otherwise: TellSaid) -> Mistake {
    if message.starts_with("expected `end` to close") || message.starts_with(STRAY) {
        return stray(words, at).into();
    }
    let at = match message == VALUE {
        true => words.statement_before(at),
        false => at,
    };
    let known = KNOWN.iter().find(|(said, _)| message.starts_with(said));
    let told = match known {
        Some((_, tell)) => tell(at),
        None if message.starts_with("expected `") => {
            let missing = message.split('`').nth(1).unwrap_or_default();
            part_missing::word(at, missing, message)
        }
        None => match MISSING.iter().find(|(what, _)| message.contains(what)) {
            Some((_, tell)) => tell(at, message),
            None => otherwise(at, message),
        },
    };
    told.into()
}

/// A word that begins no statement, or comes behind a block's last one.
fn stray(words: &Words<'_>, at: usize) -> Told {
    let word = words.tokens.partition_point(|t| t.start < at);
    let last = (0..word).rev().find(|before| {
        matches!(words.word(*before), "return" | "break")
            && words.inside[*before] == words.inside_of(word)
    });
    match last {
        Some(last) => after_return::behind(at, words.word(last), words.tokens[last].start),
        None => statement::begins_wrong(at),
    }
}
