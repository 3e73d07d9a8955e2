//! `{{ a, b }}`, `{{ }}`, `{{ a`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(
    Error,
    "R0705",
    "a tag that is not closed, or holds what it cannot"
);

/// Where it begins, and what closes it.
pub(crate) fn not_closed(at: usize, close: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "a tag of the template is not closed")
        .at(at, "it begins here")
        .help(format!(
            "close it with `{close}`; the text `{{{{` itself is written `{{{{ \"{{{{\" }}}}`"
        ))
}

pub(crate) fn empty(at: usize) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "an empty tag")
        .at(at, "nothing to print")
        .help("a comment is written `{{-- ... --}}`")
}

/// Lua that is not what a tag holds.
#[derive(Clone, Copy)]
pub(crate) enum Held {
    /// Something else than one expression.
    Expression,
    /// Something else than one block's head.
    Head,
    /// `return`
    Leaves,
    /// `goto` or a label
    Goto,
}

pub(crate) fn holds(at: usize, held: Held) -> Diagnostic<usize> {
    said(
        at,
        match held {
            Held::Expression => "one expression is printed",
            Held::Head => "a tag holds the head of one block",
            Held::Leaves => "this cannot leave a template",
            Held::Goto => "there is no `goto` in templates",
        },
    )
}

/// What no parser takes, with what it says.
pub(crate) fn said(at: usize, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, "Lua syntax error in a template").at(at, label)
}
