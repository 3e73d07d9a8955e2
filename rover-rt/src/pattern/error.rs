//! What is wrong with a pattern, in LuaJIT's words.

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
