//! What goes wrong with files.

use std::io;

use rustix::io::Errno;

use crate::wait::error::WaitError;

/// An operation on a file that failed, as Lua's `io` tells of it: a message, the system's number,
/// and the name of that number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct FileError {
    /// `data/x: No such file or directory`. Bytes of a path that are no UTF-8 are replaced.
    pub(crate) message: String,
    /// `errno`.
    pub(crate) code: i32,
    /// `ENOENT`.
    pub(crate) name: &'static str,
}

/// The text of Lua's error where a closed file is used.
const CLOSED: &str = "attempt to use a closed file";

impl FileError {
    /// What the system says about a path.
    pub(crate) fn at(path: &[u8], error: Errno) -> Self {
        Self::because(path, &reason(error), error)
    }

    /// What is said about a path in words of our own, with the number that is closest.
    pub(crate) fn because(path: &[u8], reason: &str, error: Errno) -> Self {
        FileError {
            message: format!("{}: {reason}", String::from_utf8_lossy(path)),
            ..Self::from(error)
        }
    }

    pub(crate) fn too_large(path: &[u8], limit: usize) -> Self {
        let reason = format!("File too large (there is room for {limit} bytes)");
        Self::because(path, &reason, Errno::FBIG)
    }

    pub(crate) fn closed() -> Self {
        FileError {
            message: CLOSED.to_owned(),
            ..Self::from(Errno::BADF)
        }
    }

    /// `files.lua` raises this error, as Lua does, and knows it by its text.
    #[cfg(test)]
    pub(crate) fn is_closed(&self) -> bool {
        self.message == CLOSED
    }

    /// Nothing is there under that path.
    pub(crate) fn is_missing(&self) -> bool {
        is_missing(self.errno())
    }

    pub(crate) fn errno(&self) -> Errno {
        Errno::from_raw_os_error(self.code)
    }
}

/// Nothing is there, or what should be a folder on the way is none.
pub(crate) fn is_missing(error: Errno) -> bool {
    matches!(error, Errno::NOENT | Errno::NOTDIR)
}

/// What the system says without a path, as Lua's `io` does for files that are open.
impl From<Errno> for FileError {
    fn from(error: Errno) -> Self {
        FileError {
            message: reason(error),
            code: error.raw_os_error(),
            name: name(error),
        }
    }
}

/// For `rover.fs`, whose errors are raised.
impl From<FileError> for WaitError {
    fn from(error: FileError) -> Self {
        let kind = match error.errno() {
            Errno::NOENT | Errno::NOTDIR => "not_found",
            Errno::EXIST | Errno::NOTEMPTY => "exists",
            Errno::ACCESS | Errno::PERM | Errno::ROFS => "denied",
            Errno::FBIG => "too_large",
            Errno::NOSPC | Errno::DQUOT => "full",
            Errno::MFILE | Errno::NFILE => "too_many",
            _ => "file",
        };
        let retryable = matches!(kind, "full" | "too_many");
        let name = error.name;
        WaitError {
            code: Some(name.into()),
            retryable,
            ..WaitError::new(kind, error.message)
        }
    }
}

/// C's `strerror`. Rust adds the number to it.
fn reason(error: Errno) -> String {
    let code = error.raw_os_error();
    let mut text = io::Error::from_raw_os_error(code).to_string();
    let suffix = format!(" (os error {code})");
    if text.ends_with(&suffix) {
        text.truncate(text.len() - suffix.len());
    }
    text
}

macro_rules! names {
    ($error:expr, $($constant:ident $name:literal)*) => {
        match $error {
            $(Errno::$constant => $name,)*
            _ => "EUNKNOWN",
        }
    };
}

/// What `errno.h` calls the number. Two that are one number on some systems stand here once.
fn name(error: Errno) -> &'static str {
    names!(error,
        ACCESS "EACCES" AGAIN "EAGAIN" BADF "EBADF" BUSY "EBUSY" DQUOT "EDQUOT" EXIST "EEXIST"
        FAULT "EFAULT" FBIG "EFBIG" INTR "EINTR" INVAL "EINVAL" IO "EIO" ISDIR "EISDIR"
        LOOP "ELOOP" MFILE "EMFILE" MLINK "EMLINK" NAMETOOLONG "ENAMETOOLONG" NFILE "ENFILE"
        NODEV "ENODEV" NOENT "ENOENT" NOLCK "ENOLCK" NOMEM "ENOMEM" NOSPC "ENOSPC" NOSYS "ENOSYS"
        NOTDIR "ENOTDIR" NOTEMPTY "ENOTEMPTY" NXIO "ENXIO" OPNOTSUPP "EOPNOTSUPP"
        OVERFLOW "EOVERFLOW" PERM "EPERM" PIPE "EPIPE" ROFS "EROFS" SPIPE "ESPIPE" STALE "ESTALE"
        TIMEDOUT "ETIMEDOUT" TXTBSY "ETXTBSY" XDEV "EXDEV")
}
