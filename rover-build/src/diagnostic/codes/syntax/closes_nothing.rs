//! `end`, `else` or a bracket where nothing is open.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0008",
    "an `end`, an `else` or a bracket that belongs to nothing"
);

/// A closing word; `early` is one that closes a block before it should, with the block's name.
pub(crate) fn close(at: usize, word: &str, early: Option<(usize, &str)>) -> Diagnostic<usize> {
    let mistake =
        Diagnostic::new(CODE, format!("`{word}` closes nothing")).at(at, "nothing is open here");
    let mistake = match early {
        Some((at, block)) => mistake.at(at, format!("this closes the {block}")),
        None => mistake,
    };
    mistake.help(match word {
        "end" => "delete it, or look above for a block that is closed too early".to_owned(),
        _ => format!("delete it, or look above for where `{word}` stands once too often"),
    })
}

pub(crate) fn then(at: usize) -> Diagnostic<usize> {
    without_if(at, "then").help(
        "a condition is `if condition then ... end`; a loop's is `while condition do ... end`",
    )
}

/// `else` or `elseif`
pub(crate) fn arm(at: usize, word: &str) -> Diagnostic<usize> {
    without_if(at, word).help("look for an `end` above that closes the `if` too early")
}

fn without_if(at: usize, word: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`{word}` without its `if`")).at(at, "no `if` is open here")
}
