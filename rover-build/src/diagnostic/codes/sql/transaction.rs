//! `db:exec "BEGIN"`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::sql_text::{Place, in_text};

pub(super) const CODE: Code = code!(Error, "R1007", "a transaction by SQL");

pub(crate) fn statement(place: &Place, verb: &str) -> Diagnostic {
    let message = format!("`{verb}` in a statement: the next one may go to another connection");
    let help = "write `db:transaction(function(tx) ... end)`, which commits when the function \
                returns and rolls back when it raises an error";
    in_text(CODE, place, message, "not here").help(help)
}
