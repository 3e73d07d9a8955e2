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
    /// It runs before or after the handlers at the path and below.
    pub(crate) hook: Option<HookEntry>,
}

/// What belongs to a hook beside its function.
#[derive(Clone, Debug)]
pub(crate) struct HookEntry {
    /// Its name, or nothing: `auth` in `api.before.auth`.
    pub(crate) name: String,
    /// The assignment, which may give several hooks.
    pub(crate) assignment: usize,
    /// It is the other half of a value that was assigned to `before` or `after`.
    pub(crate) is_half: bool,
    /// It is a word of `rover`'s.
    pub(crate) own: Option<OwnHook>,
}

/// What the compiler is told of a hook that the runtime has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnHook {
    /// The word that makes it: `rover.rate_limit`.
    pub word: String,
    /// It is given a `ctx`.
    pub ctx: bool,
    /// It reads the body.
    pub body: bool,
    /// It may wait for something outside.
    pub waits: bool,
    /// The program's function that it calls.
    pub by: Option<FunctionPlace>,
    /// What it asks of a request must be there.
    pub required: bool,
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
