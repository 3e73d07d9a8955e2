//! `rover.guard`: schemas, and the rules by which values are checked against them.
//!
//! The compiler evaluates the schemas that are constant in the source and puts them into
//! the program as constants; the runtime makes the others from Lua values. Both are the
//! same [`Schema`], made by the same functions ([`Schema::of_kind`], [`Schema::with`]) and
//! checked by the same engine ([`Checked`]), so that they cannot disagree.

mod checked;
mod constant;
mod environment;
mod fault;
mod format;
mod given;
mod options;
mod pattern;
mod rules;
mod schema;
mod size;

pub use checked::{Checked, MAX_PROBLEMS, Place, Problem, Text, Value};
pub use constant::{Constant, Str};
pub use environment::{
    PLACEHOLDER, WrongVariable, alternative, placeholder, read_variables, value_of, variables,
};
pub use fault::{Got, is_integer};
pub use format::Format;
pub use given::Given;
pub use options::{KINDS, OPTIONS, Step, Wrong, accepts};
pub use rules::{Patterns, number_of, truth_of};
pub use schema::{Element, Field, Kind, Length, Range, Schema, TextRules};
pub use size::VALUE_BYTES;

/// The Lua half of `rover.guard`: a chunk that is given `{ new, with, check, null, kinds, options }`
/// and returns `rover.guard`.
pub const GUARD_LUA: &str = include_str!("../../lua/guard.lua");
