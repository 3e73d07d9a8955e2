//! What the recording server has recorded.

use rover_model::OptionValue;

use crate::diagnostic::Position;
use crate::front::function_place::FunctionPlace;
use crate::front::ids::FunctionRef;

/// One assignment on the server.
pub(crate) struct Entry {
    pub(crate) path: Vec<String>,
    pub(crate) key: String,
    pub(crate) position: Position,
    pub(crate) value: Recorded,
    /// The function that was assigned first, where another has taken its place.
    pub(crate) first: Option<FunctionRef>,
    /// The program has read it.
    pub(crate) given: bool,
}

/// A policy that a path has: `api.public.cors = { ... }`.
pub(crate) struct Policy {
    pub(crate) entry: Entry,
    pub(crate) value: OptionValue,
}

pub(crate) enum Recorded {
    Function(FunctionPlace),
    Other(&'static str),
}
