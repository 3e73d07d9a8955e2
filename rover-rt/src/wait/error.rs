//! Errors of operations, which a program sees as tables.

use std::borrow::Cow;

/// Why an operation did not do what it was asked for. A program gets it as an error that is a table
/// with these fields, whose text is the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct WaitError {
    /// What kind of error it is: `"timeout"`, `"connect"`, `"tls"`, `"closed"`, `"cancelled"`, ...
    pub(crate) kind: &'static str,
    /// What happened, for people: it names the host, the file or the statement.
    pub(crate) message: String,
    /// The other side's own code, where it has one: `"ENOENT"`.
    pub(crate) code: Option<Cow<'static, str>>,
    /// Whether the same may succeed when it is tried again.
    pub(crate) retryable: bool,
    /// What else is known, by the names that the program sees: `table`, `column`.
    pub(crate) about: Vec<(&'static str, String)>,
}

impl WaitError {
    /// An error that will happen again.
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        WaitError {
            kind,
            message: message.into(),
            code: None,
            retryable: false,
            about: Vec::new(),
        }
    }

    /// The client has gone away, or what the operation was for has ended.
    pub(crate) fn cancelled() -> Self {
        WaitError::new("cancelled", "the request was cancelled")
    }
}
