//! Bytes from and to descriptors, again where a signal came between.

use rustix::buffer::spare_capacity;
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::fstat;
use rustix::io::{Errno, pread, pwrite, retry_on_intr, write};

use super::error::FileError;

/// The smallest piece that is worth a call.
const PIECE: usize = 64 * 1024;

/// Reads once, at most `count` bytes from an offset on, to a vector's end. None is the file's end.
pub(crate) fn read_at(
    file: BorrowedFd<'_>,
    offset: u64,
    bytes: &mut Vec<u8>,
    count: usize,
) -> Result<usize, Errno> {
    let before = bytes.len();
    bytes.reserve(count.min(PIECE));
    let read = retry_on_intr(|| pread(file, spare_capacity(bytes), offset))?;
    let read = read.min(count);
    bytes.truncate(before + read);
    Ok(read)
}

/// Reads `count` bytes from an offset on, or as many as there are.
pub(crate) fn read_full(
    file: BorrowedFd<'_>,
    offset: u64,
    bytes: &mut Vec<u8>,
    count: usize,
) -> Result<usize, Errno> {
    let mut done = 0;
    while done < count {
        match read_at(file, offset + done as u64, bytes, count - done)? {
            0 => break,
            read => done += read,
        }
    }
    Ok(done)
}

/// Why the rest of a file was not read.
pub(crate) enum RestError {
    /// It has more bytes than there is room for.
    TooLarge,
    System(Errno),
}

impl RestError {
    pub(crate) fn at(self, path: &[u8], limit: usize) -> FileError {
        match self {
            RestError::TooLarge => FileError::too_large(path, limit),
            RestError::System(error) => FileError::at(path, error),
        }
    }
}

/// Reads all that follows an offset. A file may grow meanwhile: the limit holds for what is read.
pub(crate) fn read_rest(
    file: BorrowedFd<'_>,
    offset: u64,
    bytes: &mut Vec<u8>,
    limit: usize,
) -> Result<usize, RestError> {
    let size = fstat(file).map_err(RestError::System)?.st_size;
    let left = u64::try_from(size).unwrap_or(0).saturating_sub(offset);
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    if left > limit {
        return Err(RestError::TooLarge);
    }
    // One more, so that the end is seen without room for another piece.
    bytes.reserve(left.saturating_add(1));
    let read = read_full(file, offset, bytes, limit.saturating_add(1));
    match read.map_err(RestError::System)? {
        read if read > limit => Err(RestError::TooLarge),
        read => Ok(read),
    }
}

/// Writes everything where the descriptor stands, or at its end where it appends. Tells how much
/// was written before an error.
pub(crate) fn write_all(file: impl AsFd, bytes: &[u8]) -> (usize, Result<(), Errno>) {
    all(bytes, |rest, _| write(file.as_fd(), rest))
}

/// Writes everything from an offset on.
pub(crate) fn write_all_at(
    file: impl AsFd,
    offset: u64,
    bytes: &[u8],
) -> (usize, Result<(), Errno>) {
    all(bytes, |rest, done| {
        pwrite(file.as_fd(), rest, offset + done as u64)
    })
}

fn all(
    bytes: &[u8],
    mut once: impl FnMut(&[u8], usize) -> Result<usize, Errno>,
) -> (usize, Result<(), Errno>) {
    let mut done = 0;
    while done < bytes.len() {
        match once(&bytes[done..], done) {
            Ok(0) => return (done, Err(Errno::IO)),
            Ok(written) => done += written,
            Err(Errno::INTR) => {}
            Err(error) => return (done, Err(error)),
        }
    }
    (done, Ok(()))
}
