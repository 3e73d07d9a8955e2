//! `rover.db("mysql://...")`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R1001", "what `rover.db` does not take");

/// With the message that the call raised.
pub(crate) fn wrong<At>(at: At, raised: &str) -> Diagnostic<At> {
    let help = match raised.contains("option") || raised.contains('`') && !raised.contains("begins")
    {
        true => {
            "the options are in the reference: `rover.db(\"sqlite:app.db\", { migrations = \"migrations\" })`"
        }
        false => {
            "write `rover.db \"sqlite:app.db\"`, or `rover.db \"postgres://user:password@host/name\"`"
        }
    };
    Diagnostic::new(CODE, raised)
        .at(at, "called here")
        .help(help)
}
