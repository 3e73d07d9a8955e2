//! SQL that its database does not take, for another reason.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::sql_text::{Place, in_text};

pub(super) const CODE: Code = code!(Error, "R1008", "SQL that the database refuses");

/// With what the database says.
pub(crate) fn by(place: &Place, database: &str, said: &str) -> Diagnostic {
    in_text(
        CODE,
        place,
        format!("{database} refuses this SQL: {said}"),
        "here",
    )
}
