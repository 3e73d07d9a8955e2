//! Files that have no name, or not yet their own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, openat, renameat, unlinkat};
use rustix::io::Errno;

/// What the names of files begin with that are being written.
const PREFIX: &str = ".rover-write-";

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A file of a name that nobody else uses, which is removed if it gets no other.
pub(crate) struct Temporary<'a> {
    folder: BorrowedFd<'a>,
    name: String,
    pub(crate) file: OwnedFd,
    is_there: bool,
}

impl<'a> Temporary<'a> {
    pub(crate) fn create(folder: BorrowedFd<'a>, mode: Mode) -> Result<Self, Errno> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let name = new_name();
            match openat(folder, &*name, flags, mode) {
                Ok(file) => {
                    return Ok(Temporary {
                        folder,
                        name,
                        file,
                        is_there: true,
                    });
                }
                // Of a process that had this one's number and was killed.
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives it a name in its folder, which whatever had it loses in the same moment.
    pub(crate) fn rename(mut self, name: &[u8]) -> Result<(), Errno> {
        renameat(self.folder, &*self.name, self.folder, name)?;
        self.is_there = false;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if self.is_there {
            // Where that fails it stays, and nothing depends on it.
            let _ = unlinkat(self.folder, &*self.name, AtFlags::empty());
        }
    }
}

fn new_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = now.unwrap_or_default().subsec_nanos();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{:x}-{count:x}-{nanos:x}", std::process::id())
}

/// The name is one of a file that is being written.
pub(crate) fn is_temporary(name: &[u8]) -> bool {
    name.starts_with(PREFIX.as_bytes())
}

/// A file on the disk of a folder that no folder has.
pub(crate) fn unnamed(folder: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    let mode = Mode::RUSR | Mode::WUSR;
    #[cfg(target_os = "linux")]
    {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        // Not every file system can.
        if let Ok(file) = openat(folder, ".", flags, mode) {
            return Ok(file);
        }
    }
    let named = Temporary::create(folder, mode)?;
    rustix::io::fcntl_dupfd_cloexec(&named.file, 0)
}
