//! Why a command ends without having done its work.

use std::io::{self, Write};
use std::process::ExitCode;

use rover_build::Failure;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The Lua files have mistakes.
    #[error("{0}")]
    Lua(Box<Failure>),
    /// The command line names what there is not.
    #[error("{0}")]
    Usage(String),
    /// There is no manifest.
    #[error("{0}")]
    Manifest(String),
    /// The system refuses something.
    #[error("{what}: {error}")]
    Io {
        /// What was to be done.
        what: String,
        /// Why it was not.
        error: io::Error,
    },
    /// Another program that is needed did not do its work.
    #[error("{0}")]
    Tool(String),
    /// The runtime refuses something.
    #[error(transparent)]
    Runtime(#[from] rover_rt::Error),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Error::Lua(Box::new(failure))
    }
}

impl Error {
    /// For what was to be done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Error::Io { what, error }
    }

    /// 1 for mistakes and for what could not be done, 2 for a wrong command line.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Error::Usage(_) | Error::Manifest(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }

    /// Tells it on standard error. Mistakes of Lua files begin with `error` themselves.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = anstream::stderr().lock();
        match self {
            Error::Lua(failure) => {
                writeln!(out, "{}", failure.coloured())?;
                crate::output::warnings(&mut out, &failure.warnings)
            }
            other => {
                let red = anstyle::AnsiColor::BrightRed.on_default().bold();
                writeln!(out, "{red}error{red:#}: {other}")
            }
        }
    }
}
