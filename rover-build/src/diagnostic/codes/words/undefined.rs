//! A global that is read, and that nothing defines.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::{instead, libraries_with, nearest};

pub(super) const CODE: Code = code!(Error, "R0805", "a name that nothing defines");

/// With the names that there are.
pub(crate) fn name<'a>(
    at: Position,
    name: &str,
    in_module: bool,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let help = match instead::global(name, in_module) {
        Some(help) => help,
        None => match (nearest(name, known), libraries_with(name).as_slice()) {
            (Some(near), _) => did_you_mean(near),
            (None, []) => instead::undefined(name),
            (None, libraries) => did_you_mean(&format!("{}.{name}", libraries[0])),
        },
    };
    global(at, name).help(help)
}

/// A local of this name begins further down.
pub(crate) fn before_declaration(at: Position, name: &str, declared: Position) -> Diagnostic {
    global(at, name)
        .at(declared, "declared here")
        .help("a local is known from its declaration on: move that up")
}

/// A local of this name was one of a block that has ended.
pub(crate) fn after_block(at: Position, name: &str, declared: Position) -> Diagnostic {
    global(at, name)
        .at(declared, "declared here")
        .help("a local ends with its block: declare it before the block")
}

fn global(at: Position, name: &str) -> Diagnostic {
    Diagnostic::new(CODE, format!("nothing defines `{name}`"))
        .at(at, "no local in sight, and a global that is always nil")
}
