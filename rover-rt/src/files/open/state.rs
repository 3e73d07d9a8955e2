//! An open file: a descriptor, a place in the file, and bytes that were read ahead or are not
//! written yet.

use rover_model::LogLevel;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{SeekFrom, fstat, seek};
use rustix::io::Errno;

use super::format::{Format, Value};
use super::mode::Mode;
use super::source::{Source, Stop, read};
use crate::files::error::FileError;
use crate::files::limit::Slot;
use crate::files::{pool, transfer};
use crate::log;

/// Bytes that are read ahead, and those that wait to be written.
pub(crate) const BUFFER: usize = 16 * 1024;

/// When written bytes are given to the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Buffering {
    /// `"full"`: when the buffer is full.
    Full,
    /// `"line"`: with the end of a line.
    Line,
    /// `"no"`: at once.
    No,
}

/// Where `seek` counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whence {
    Start,
    Current,
    End,
}

#[derive(Debug)]
pub(crate) struct OpenFile {
    /// Nothing after it was closed.
    descriptor: Option<OwnedFd>,
    /// Its place in the VM's number of open files, until somebody closes it.
    slot: Option<Slot>,
    /// As the program wrote it, for the log.
    path: Box<[u8]>,
    mode: Mode,
    buffering: Buffering,
    /// Where in the file `ahead` begins, or what is `unwritten` belongs.
    start: u64,
    /// What was read of the file, and up to where the program has it.
    ahead: Vec<u8>,
    taken: usize,
    /// What was written, and the system does not have. Nothing is `ahead` then.
    unwritten: Vec<u8>,
}

impl OpenFile {
    pub(crate) fn new(file: OwnedFd, slot: Slot, path: &[u8], mode: Mode) -> Result<Self, Errno> {
        let start = match mode.begins_at_end() {
            true => size(file.as_fd())?,
            false => 0,
        };
        Ok(OpenFile {
            descriptor: Some(file),
            slot: Some(slot),
            path: path.into(),
            mode,
            buffering: Buffering::Full,
            start,
            ahead: Vec::new(),
            taken: 0,
            unwritten: Vec::new(),
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.descriptor.is_none()
    }

    pub(crate) fn has_unwritten(&self) -> bool {
        !self.unwritten.is_empty()
    }

    fn position(&self) -> u64 {
        self.start + (self.taken + self.unwritten.len()) as u64
    }

    /// Reads what the buffer has all of; nothing is taken where it has not.
    pub(crate) fn try_read(
        &mut self,
        formats: &[Format],
        limit: usize,
    ) -> Option<Result<Vec<Value>, FileError>> {
        if self.is_closed() {
            return Some(Err(FileError::closed()));
        }
        let taken = self.taken;
        let values = read(&mut Buffered(self), formats, limit);
        if values.is_err() {
            self.taken = taken;
        }
        match values {
            Err(Stop::Waits) => None,
            values => Some(values.map_err(|stop| self.error(stop, limit))),
        }
    }

    /// Reads by formats. Where there is no room for all of it, nothing is taken.
    pub(crate) fn read(
        &mut self,
        formats: &[Format],
        limit: usize,
    ) -> Result<Vec<Value>, FileError> {
        if self.is_closed() {
            return Err(FileError::closed());
        }
        // Before the place is noted: what is written to an end comes to lie elsewhere.
        if self.mode.reads {
            self.flush()?;
        }
        let before = self.position();
        read(&mut Whole(self), formats, limit).map_err(|stop| {
            if stop == Stop::TooLarge {
                self.go_to(before);
            }
            self.error(stop, limit)
        })
    }

    fn error(&self, stop: Stop, limit: usize) -> FileError {
        match stop {
            Stop::System(error) => error.into(),
            Stop::TooLarge => FileError::too_large(&self.path, limit),
            Stop::Waits => Errno::AGAIN.into(),
        }
    }

    /// Writes what the buffer has room for.
    pub(crate) fn try_write(&mut self, bytes: &[u8]) -> Option<Result<(), FileError>> {
        if let Err(error) = self.takes(bytes) {
            return Some(Err(error));
        }
        let fits = self.unwritten.len() + bytes.len() < BUFFER;
        (fits && !self.must_flush(bytes)).then(|| {
            self.add(bytes);
            Ok(())
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.takes(bytes)?;
        if self.unwritten.len() + bytes.len() < BUFFER {
            self.add(bytes);
            return match self.must_flush(bytes) {
                true => self.flush(),
                false => Ok(()),
            };
        }
        // Not through the buffer, which would become as large.
        self.flush()?;
        self.forget_ahead();
        self.give(bytes)
    }

    /// Nothing can be written to any file.
    fn takes(&self, bytes: &[u8]) -> Result<(), FileError> {
        match self.mode.writes || bytes.is_empty() {
            _ if self.is_closed() => Err(FileError::closed()),
            true => Ok(()),
            false => Err(Errno::BADF.into()),
        }
    }

    fn must_flush(&self, bytes: &[u8]) -> bool {
        match self.buffering {
            Buffering::Full => false,
            Buffering::Line => memchr::memchr(b'\n', bytes).is_some(),
            Buffering::No => true,
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.forget_ahead();
        self.unwritten.extend_from_slice(bytes);
    }

    /// Goes on where the program is.
    fn forget_ahead(&mut self) {
        self.start += self.taken as u64;
        self.ahead.clear();
        self.taken = 0;
    }

    /// Gives the system what it does not have yet. What it does not take is lost, after this
    /// error, as in `stdio`.
    pub(crate) fn flush(&mut self) -> Result<(), FileError> {
        if self.is_closed() {
            return Err(FileError::closed());
        }
        if self.unwritten.is_empty() {
            return Ok(());
        }
        let mut unwritten = std::mem::take(&mut self.unwritten);
        let given = self.give(&unwritten);
        unwritten.clear();
        self.unwritten = unwritten;
        given
    }

    /// Writes where the program is, or at the end. Nothing is in the buffer.
    fn give(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let file = self.file()?;
        let (written, result) = match self.mode.appends {
            true => transfer::write_all(file, bytes),
            false => transfer::write_all_at(file, self.start, bytes),
        };
        self.start = match self.mode.appends {
            // The end may have been further away than we knew.
            true => seek(file, SeekFrom::Current(0))?,
            false => self.start + written as u64,
        };
        Ok(result?)
    }

    fn file(&self) -> Result<BorrowedFd<'_>, FileError> {
        let file = self.descriptor.as_ref().map(OwnedFd::as_fd);
        file.ok_or_else(FileError::closed)
    }

    /// Moves within what is known without the system.
    pub(crate) fn try_seek(
        &mut self,
        whence: Whence,
        offset: i64,
    ) -> Option<Result<u64, FileError>> {
        if self.is_closed() {
            return Some(Err(FileError::closed()));
        }
        let waits = self.has_unwritten() || whence == Whence::End;
        (!waits).then(|| self.seek(whence, offset))
    }

    /// Moves, and tells where to.
    pub(crate) fn seek(&mut self, whence: Whence, offset: i64) -> Result<u64, FileError> {
        self.flush()?;
        let from = match whence {
            Whence::Start => 0,
            Whence::Current => self.position(),
            Whence::End => size(self.file()?)?,
        };
        let to = i64::try_from(from).ok();
        let to = to.ok_or(Errno::OVERFLOW)?;
        let to = to.checked_add(offset).ok_or(Errno::OVERFLOW)?;
        let to = u64::try_from(to).map_err(|_| Errno::INVAL)?;
        self.go_to(to);
        Ok(to)
    }

    fn go_to(&mut self, to: u64) {
        let within = to.checked_sub(self.start);
        match within.and_then(|within| usize::try_from(within).ok()) {
            Some(within) if within <= self.ahead.len() => self.taken = within,
            _ => {
                self.start = to;
                self.ahead.clear();
                self.taken = 0;
            }
        }
    }

    pub(crate) fn set_buffering(&mut self, buffering: Buffering) -> Result<(), FileError> {
        match self.is_closed() {
            true => Err(FileError::closed()),
            false => {
                self.buffering = buffering;
                Ok(())
            }
        }
    }

    /// Closes a file that nothing was to be written to, which does not fail.
    pub(crate) fn try_close(&mut self) -> Option<Result<(), FileError>> {
        if self.is_closed() {
            return Some(Err(FileError::closed()));
        }
        (!self.mode.writes).then(|| {
            self.close_elsewhere();
            Ok(())
        })
    }

    /// Gives the system what it does not have, and closes the file in any case.
    pub(crate) fn close(&mut self) -> Result<(), FileError> {
        let flushed = self.flush();
        self.ahead = Vec::new();
        self.unwritten = Vec::new();
        self.descriptor = None;
        self.slot = None;
        flushed
    }

    /// Closes it where a disk may be waited for, and tells the log of what was lost.
    pub(crate) fn close_elsewhere(&mut self) {
        self.slot = None;
        let mut file = OpenFile {
            descriptor: self.descriptor.take(),
            slot: None,
            path: std::mem::take(&mut self.path),
            ahead: Vec::new(),
            unwritten: std::mem::take(&mut self.unwritten),
            ..*self
        };
        match pool::is_here() {
            true => file.close_or_tell(),
            false => pool::submit(move || file.close_or_tell()),
        }
    }

    fn close_or_tell(&mut self) {
        if let Err(error) = self.close() {
            self.tell(&error);
        }
    }

    /// For what the program does not wait for.
    pub(crate) fn tell(&self, error: &FileError) {
        let path = String::from_utf8_lossy(&self.path);
        let message = format!("what was written to {path} at last was lost: {error}");
        log::tell(LogLevel::Error, &message);
    }

    /// Reads ahead from where the buffer ends. Whether there was more.
    fn fill(&mut self) -> Result<(), Stop> {
        if !self.mode.reads {
            return Err(Errno::BADF.into());
        }
        self.forget_ahead();
        let mut ahead = std::mem::take(&mut self.ahead);
        let Some(file) = &self.descriptor else {
            return Err(Errno::BADF.into());
        };
        let read = transfer::read_at(file.as_fd(), self.start, &mut ahead, BUFFER);
        self.ahead = ahead;
        read?;
        Ok(())
    }
}

/// A file that nobody has any more is closed, and what was written is given to the system.
impl Drop for OpenFile {
    fn drop(&mut self) {
        if !self.is_closed() {
            self.close_elsewhere();
        }
    }
}

fn size(file: BorrowedFd<'_>) -> Result<u64, Errno> {
    Ok(u64::try_from(fstat(file)?.st_size).unwrap_or(0))
}

/// What is in the buffer, and nothing else.
struct Buffered<'a>(&'a mut OpenFile);

impl Buffered<'_> {
    fn left(&self) -> Result<&[u8], Stop> {
        match self.0.mode.reads {
            true => Ok(&self.0.ahead[self.0.taken..]),
            false => Err(Errno::BADF.into()),
        }
    }
}

impl Source for Buffered<'_> {
    fn peek(&mut self) -> Result<&[u8], Stop> {
        match self.left()? {
            [] => Err(Stop::Waits),
            left => Ok(left),
        }
    }

    fn take(&mut self, count: usize) {
        self.0.taken += count;
    }

    fn read_full(&mut self, bytes: &mut Vec<u8>, count: usize) -> Result<(), Stop> {
        let left = self.left()?;
        let wanted = left.get(..count).ok_or(Stop::Waits)?;
        bytes.extend_from_slice(wanted);
        self.take(count);
        Ok(())
    }

    fn read_rest(&mut self, _: &mut Vec<u8>, _: usize) -> Result<(), Stop> {
        // Whether it is all, only the system knows.
        self.left().and(Err(Stop::Waits))
    }
}

/// The file, through the buffer.
struct Whole<'a>(&'a mut OpenFile);

impl Whole<'_> {
    /// Moves what is in the buffer to `bytes`, at most `count`.
    fn drain(&mut self, bytes: &mut Vec<u8>, count: usize) -> usize {
        let file = &mut *self.0;
        let left = &file.ahead[file.taken..];
        let count = count.min(left.len());
        bytes.extend_from_slice(&left[..count]);
        file.taken += count;
        count
    }

    fn descriptor(&self) -> Result<BorrowedFd<'_>, Stop> {
        match (&self.0.descriptor, self.0.mode.reads) {
            (Some(file), true) => Ok(file.as_fd()),
            _ => Err(Errno::BADF.into()),
        }
    }
}

impl Source for Whole<'_> {
    fn peek(&mut self) -> Result<&[u8], Stop> {
        if self.0.taken == self.0.ahead.len() {
            self.0.fill()?;
        }
        Ok(&self.0.ahead[self.0.taken..])
    }

    fn take(&mut self, count: usize) {
        self.0.taken += count;
    }

    fn read_full(&mut self, bytes: &mut Vec<u8>, count: usize) -> Result<(), Stop> {
        let mut left = count - self.drain(bytes, count);
        if left >= BUFFER {
            self.0.forget_ahead();
            let read = transfer::read_full(self.descriptor()?, self.0.start, bytes, left)?;
            self.0.start += read as u64;
            return Ok(());
        }
        while left > 0 {
            if self.peek()?.is_empty() {
                return Ok(());
            }
            left -= self.drain(bytes, left);
        }
        Ok(())
    }

    fn read_rest(&mut self, bytes: &mut Vec<u8>, limit: usize) -> Result<(), Stop> {
        let drained = self.drain(bytes, usize::MAX);
        let room = limit.checked_sub(drained).ok_or(Stop::TooLarge)?;
        self.0.forget_ahead();
        let read = transfer::read_rest(self.descriptor()?, self.0.start, bytes, room);
        self.0.start += read.map_err(|error| match error {
            transfer::RestError::TooLarge => Stop::TooLarge,
            transfer::RestError::System(error) => error.into(),
        })? as u64;
        Ok(())
    }
}
