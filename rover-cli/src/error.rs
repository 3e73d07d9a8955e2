//! Why a command ends without having done its work.

use std::io::{self, Write};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The Lua files have mistakes, which are rendered.
    #[error("{0}")]
    Lua(String),
    /// There is no manifest.
    #[error("{0}")]
    Manifest(String),
    /// The system refuses something.
    #[allow(dead_code)]
    #[error("{what}: {error}")]
    Io {
        /// What was to be done.
        what: String,
        /// Why it was not.
        error: io::Error,
    },
    /// The runtime refuses something.
    #[error(transparent)]
    Runtime(#[from] rover_rt::Error),
}

impl Error {
    /// Tells it on standard error. Mistakes of Lua files begin with `error` themselves.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = anstream::stderr().lock();
        match self {
            Error::Lua(rendered) => writeln!(out, "{rendered}"),
            other => writeln!(out, "error: {other}"),
        }
    }
}
