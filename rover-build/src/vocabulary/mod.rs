//! The words that a program may use of what is not its own, and what is said of others: one place
//! for all checks. They are written in `rover-model/vocabulary/`, which editors read too; here they
//! are parsed, once, and found. No program is known here.

pub(crate) mod instead;
mod known;
mod nearest;
mod parse;
mod reference;
mod signature;
mod word;

pub(crate) use instead::unless;
pub(crate) use known::*;
pub use known::{faults, library_names, words};
pub use nearest::nearest;
pub use reference::reference;
pub(crate) use word::{Elsewhere, GLOBALS};
pub use word::{Kind, Missing, Parameter, Typed, Word};
