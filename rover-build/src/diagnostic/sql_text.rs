//! Mistakes in the text of a statement.

use super::code::Code;
use super::{Diagnostic, Position};

/// Where something is wrong in a statement's text, and the call that is given it, where that is
/// written elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) at: Position,
    pub(crate) call: Option<Position>,
}

/// A mistake in a statement's text.
pub(super) fn in_text(code: Code, place: &Place, message: String, label: &str) -> Diagnostic {
    let found = Diagnostic::new(code, message).at(place.at.clone(), label);
    match &place.call {
        Some(call) => found.at(call.clone(), "it is given to the database here"),
        None => found,
    }
}
