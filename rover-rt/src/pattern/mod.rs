//! Lua's patterns, matched in steps that can be counted and stopped.
//!
//! LuaJIT's own matcher (`lib_string.c`) tries every way there is, in C, where no deadline
//! reaches it: one call of `string.find` with the pattern `.-.-.-.-b$` can take a minute.
//! This one has the same semantics, errors and limits, its recursion included, and asks a
//! [`Clock`] as it goes. A pattern is read once, into [`Compiled`], and kept in a [`Cache`].

mod cache;
mod class;
mod compile;
mod matcher;
mod replace;

pub(crate) use cache::Cache;
pub(crate) use compile::Compiled;
pub(crate) use matcher::{Capture, Matcher};
pub(crate) use replace::{Part, replacement};

/// Largest number of captures (`LUA_MAXCAPTURES`).
pub(crate) const MAX_CAPTURES: usize = 32;

/// Deepest recursion of the matcher (`LJ_MAX_XLEVEL`).
const MAX_DEPTH: u32 = 200;

/// What the matcher's steps are counted by.
pub(crate) trait Clock {
    /// So many steps are done; whether there is time for more.
    fn spend(&mut self, steps: u32) -> bool;
}

/// Why a pattern cannot be matched, or is not matched to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// `%f` without a set.
    Frontier,
    /// `)` without `(`.
    Capture,
    /// It ends with `%`.
    Escape,
    /// A set without end.
    Set,
    /// `%b` without its two characters.
    Balance,
    /// Recursion deeper than 200.
    TooComplex,
    /// A reference to a capture that there is none of.
    CaptureIndex,
    /// More than 32 captures.
    TooManyCaptures,
    /// `(` without `)`.
    Unfinished,
    /// The clock has run out.
    Stopped,
}

impl PatternError {
    /// The text of LuaJIT's own error (`lj_errmsg.h`).
    pub(crate) const fn message(self) -> &'static str {
        match self {
            PatternError::Frontier => "missing '[' after '%f' in pattern",
            PatternError::Capture => "invalid pattern capture",
            PatternError::Escape => "malformed pattern (ends with '%')",
            PatternError::Set => "malformed pattern (missing ']')",
            PatternError::Balance => "unbalanced pattern",
            PatternError::TooComplex => "pattern too complex",
            PatternError::CaptureIndex => "invalid capture index",
            PatternError::TooManyCaptures => "too many captures",
            PatternError::Unfinished => "unfinished capture",
            PatternError::Stopped => "out of time",
        }
    }
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for PatternError {}

/// Whether a text has characters that mean something in a pattern (`lj_str_haspattern`).
pub(crate) fn has_specials(pattern: &[u8]) -> bool {
    pattern.iter().any(|byte| {
        matches!(
            byte,
            b'^' | b'$' | b'*' | b'+' | b'?' | b'.' | b'(' | b'[' | b'%' | b'-'
        )
    })
}
