//! `// text`, `/* text */`, `# text`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0004", "a comment as another language writes it");

/// `/* text */`
pub(crate) fn block(at: usize) -> Diagnostic<usize> {
    mistake(at, "Lua has no `/* */`")
        .help("a comment is written `-- ...`, or `--[[ ... ]]` over several lines")
}

/// `// text`, which may be meant to divide.
pub(crate) fn line(at: usize, divides: bool) -> Diagnostic<usize> {
    mistake(at, "Lua has no `//`").help(match divides {
        true => "a comment begins with `--`; a division without a rest is `math.floor(a / b)`",
        false => "a comment begins with `--`",
    })
}

/// `# text`
pub(crate) fn hash(at: usize) -> Diagnostic<usize> {
    mistake(at, "a comment does not begin with `#`")
        .help("a comment begins with `--`; `#list` is a list's length")
}

fn mistake(at: usize, message: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, message).at(at, "not a comment")
}
