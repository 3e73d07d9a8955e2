//! `function api.before(ctx)` in two files

use super::hook::parameters;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0213", "a hook that is defined twice");

pub(crate) fn hook(new: Position, old: Position, chain: &str, name: &str) -> Diagnostic {
    let (what, help) = match name {
        "" => (
            format!("`{chain}` of one path is defined twice"),
            format!(
                "give each a name, and both run in order of definition: `function api.{chain}.first({})`",
                parameters(chain)
            ),
        ),
        name => (
            format!("the hook `{chain}.{name}` of one path is defined twice"),
            "give one of them another name".to_owned(),
        ),
    };
    Diagnostic::new(CODE, what)
        .at(new, "here")
        .at(old, "and here")
        .help(help)
}
