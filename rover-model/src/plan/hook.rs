//! A hook of a path: a function that runs before or after the handlers at the path and below.

use super::value::Text;

/// A function that runs before or after handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PathHook {
    /// What it is assigned to, for people: `before of /admin: auth`.
    pub name: Text,
    /// Lua file and line where its function begins; empty where that is not known.
    pub function: Text,
    /// It must be given a `ctx`, as one that runs after a handler.
    pub ctx: bool,
    /// It may wait for something outside.
    pub waits: bool,
}
