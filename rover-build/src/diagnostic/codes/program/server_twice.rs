//! A second `rover.server`.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0108", "a second server");

pub(crate) fn call<At>(at: At) -> Diagnostic<At> {
    Diagnostic::new(CODE, "rover.server was called twice")
        .at(at, "called here")
        .help(
            "a program has one server: define all routes on it, and pass it to modules that \
             define some",
        )
}
