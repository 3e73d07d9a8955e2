//! A block without its `end`, a bracket without its other half.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0007", "a block or a bracket that is not closed");

/// What shows that something is open.
pub(crate) enum Seen<'a> {
    /// The text ends.
    End,
    /// A word that begins a statement, or closes something else.
    Word(usize),
    /// What closes this block by its place in the line belongs further out: the block's name.
    FurtherLeft(usize, &'a str),
}

/// `word` is open, which `close` closes.
pub(crate) fn open(at: usize, word: &str, close: &str, seen: &Seen<'_>) -> Diagnostic<usize> {
    let mistake = Diagnostic::new(CODE, format!("`{word}` is not closed")).at(at, "it begins here");
    let mistake = match seen {
        Seen::End => mistake,
        Seen::Word(at) => mistake.at(*at, format!("before this, a `{close}` is missing")),
        Seen::FurtherLeft(at, block) => mistake.at(
            *at,
            format!("this closes the {block}, and stands further left"),
        ),
    };
    mistake.help(format!("close it with `{close}`"))
}

/// `else if`
pub(crate) fn else_if(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "`if` is not closed")
        .at(
            at,
            "this begins an `if` in the `else`, with an `end` of its own",
        )
        .help("write `elseif`, which needs no `end` of its own")
}
