//! `select a.id, b.id`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::sql_text::{Place, in_text};

pub(super) const CODE: Code = code!(
    Warning,
    "R1009",
    "two columns of a result with the same name"
);

pub(crate) fn columns(place: &Place, name: &str) -> Diagnostic {
    let message = format!("two columns of the result are called `{name}`: a row has the last one");
    let found = in_text(CODE, place, message, "one of them");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match name.chars().all(is_name) {
        true => found.help(format!("name one of them otherwise: `as other_{name}`")),
        false => found.help("give each a name: `as title`"),
    }
}
