//! What cannot be written as JSON.

use std::fmt;

/// Why a value has no JSON form, and where in the value.
#[derive(Debug)]
pub(crate) struct EncodeError {
    reason: String,
    /// From the inside out.
    path: Vec<String>,
}

impl EncodeError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        EncodeError {
            reason: reason.into(),
            path: Vec::new(),
        }
    }

    pub(crate) fn within(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: String = self.path.iter().rev().map(String::as_str).collect();
        match path.strip_prefix('.').unwrap_or(&path) {
            "" => f.write_str(&self.reason),
            // A cycle's path has no end worth reading.
            path if path.len() > 200 => write!(f, "{} at {:.200}...", self.reason, path),
            path => write!(f, "{} at {path}", self.reason),
        }
    }
}

#[cold]
pub(crate) fn too_long() -> EncodeError {
    EncodeError::new("more text than a half of `memory_limit`")
}
