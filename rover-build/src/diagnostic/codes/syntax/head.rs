//! `if` without `then`, `for` and `while` without `do`.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0009",
    "an `if` without `then`, a loop without `do`"
);

/// A block's first word, and the word that its head ends with.
#[derive(Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) at: usize,
    pub(crate) opener: &'a str,
    pub(crate) end: &'a str,
}

impl Head<'_> {
    fn form(self) -> String {
        format!("{} condition {} ... end", self.opener, self.end)
    }

    fn mistake(self) -> Diagnostic<usize> {
        let message = format!("`{}` without `{}`", self.opener, self.end);
        Diagnostic::new(CODE, message).at(self.at, "it begins here")
    }
}

/// Something begins, or ends, before the word has come.
pub(crate) fn unfinished(head: Head<'_>, at: usize, found: &str) -> Diagnostic<usize> {
    let end = head.end;
    let wrong = match found {
        "then" | "do" => format!("this word is for another block: write `{end}`"),
        _ => format!("`{end}` is missing before this"),
    };
    let help = match head.opener {
        "for" => {
            "write `for i = 1, 10 do ... end` or `for key, value in pairs(t) do ... end`".to_owned()
        }
        _ => format!("write `{}`", head.form()),
    };
    head.mistake().at(at, wrong).help(help)
}

/// A condition in parentheses, and a block in braces.
pub(crate) fn in_braces(head: Head<'_>, brace: usize, found: &str) -> Diagnostic<usize> {
    let help = format!("blocks are not written in braces: `{}`", head.form());
    unfinished(head, brace, found).help(help)
}

/// The text ends before the word has come.
pub(crate) fn at_end(head: Head<'_>) -> Diagnostic<usize> {
    head.mistake().help(format!("write `{}`", head.form()))
}
