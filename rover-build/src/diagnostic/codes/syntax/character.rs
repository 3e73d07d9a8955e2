//! Quotes of texts, and blanks, that are not those of programs.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0005", "a character that Lua does not have");

/// What is written, what is wrong, what stands there, how to write it.
const CHARACTERS: [(&str, &str, &str, &str); 7] = [
    (
        "`",
        "unexpected character `",
        "here",
        "a text stands in quotes: \"a\"; one of several lines in `[[ ... ]]`",
    ),
    ("“", "unexpected character “", "here", DOUBLE),
    ("”", "unexpected character ”", "here", DOUBLE),
    ("‘", "unexpected character ‘", "here", SINGLE),
    ("’", "unexpected character ’", "here", SINGLE),
    (
        "\u{a0}",
        "a blank that is not a plain space",
        "not known to Lua",
        "it looks like one and is U+00A0: type the space again",
    ),
    (
        "\u{200b}",
        "a character that cannot be seen",
        "not known to Lua",
        "it is U+200B, a space without width: delete it",
    ),
];

const DOUBLE: &str = "a text stands in straight quotes: \"a\"";
const SINGLE: &str = "a text stands in straight quotes: 'a'";

/// The character that stands at a place, if it is one of these.
pub(crate) fn foreign(at: usize, stands: impl Fn(&str) -> bool) -> Option<Diagnostic<usize>> {
    let mut known = CHARACTERS.iter();
    let (_, message, label, help) = known.find(|(written, ..)| stands(written))?;
    Some(Diagnostic::new(CODE, *message).at(at, *label).help(*help))
}
