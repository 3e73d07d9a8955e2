//! `ctx:session()` in a program without the option `sessions`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0306", "a word whose option is not given");

/// `session` or `csrf` of `ctx`.
pub(crate) fn sessions(at: Position, ctx: &str, word: &str) -> Diagnostic {
    let message = format!("`{ctx}:{word}()` needs the option `sessions`");
    Diagnostic::new(CODE, message).at(at, "read here").help(
        "write `rover.server { sessions = { secret = rover.env.SESSION_SECRET } }`, and start the program with that variable: `openssl rand -hex 32` prints a secret",
    )
}
