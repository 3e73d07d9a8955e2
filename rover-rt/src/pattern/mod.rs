//! Lua's patterns, matched in steps that can be counted and stopped.
//!
//! LuaJIT's own matcher (`lib_string.c`) tries every way there is, in C, where no deadline
//! reaches it: one call of `string.find` with the pattern `.-.-.-.-b$` can take a minute.
//! This one has the same semantics, errors and limits, its recursion included, and asks a
//! [`Clock`] as it goes. A pattern is read once, into [`Compiled`], and kept in a [`Cache`].
//!
//! Nothing here knows Lua's stack or VM: texts are bytes.

mod cache;
mod class;
mod compile;
mod error;
mod limits;
mod matcher;
mod replace;

pub(crate) use cache::Cache;
pub(crate) use compile::Compiled;
pub(crate) use error::PatternError;
pub(crate) use limits::Clock;
pub(crate) use matcher::{Capture, Matcher};
pub(crate) use replace::{Part, replacement};

/// Whether a text has characters that mean something in a pattern (`lj_str_haspattern`).
pub(crate) fn has_specials(pattern: &[u8]) -> bool {
    pattern.iter().any(|byte| {
        matches!(
            byte,
            b'^' | b'$' | b'*' | b'+' | b'?' | b'.' | b'(' | b'[' | b'%' | b'-'
        )
    })
}
