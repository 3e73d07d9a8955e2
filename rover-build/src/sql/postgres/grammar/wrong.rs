//! What is wrong with a text.

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The byte at which it is seen.
    pub(crate) at: usize,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A word that may not stand here, and a keyword that may.
    Unexpected(String, Option<&'static str>),
    /// It ends where more is expected.
    End,
    /// It is no word at all.
    NoWord(&'static str),
}
