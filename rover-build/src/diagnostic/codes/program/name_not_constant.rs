//! `require(name)`, `rover.template(name)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(
    Error,
    "R0104",
    "a module's or a template's name that is computed"
);

pub(crate) fn of_module(at: Position) -> Diagnostic {
    argument(at, "require").help("write the module's name in quotes: require \"a.b\"")
}

pub(crate) fn of_template(at: Position) -> Diagnostic {
    argument(at, "rover.template")
        .help("write the file's name in quotes: rover.template \"page.html\"")
}

fn argument(at: Position, function: &str) -> Diagnostic {
    let message = format!("the argument of `{function}` is not a constant string");
    Diagnostic::new(CODE, message).at(at, "the compiler cannot tell which file this is")
}
