//! An open file as a program has it: what its buffer can serve is done at once, the rest on the
//! threads of the pool.

use std::rc::Rc;
use std::sync::Arc;

use super::format::{Format, Value};
use super::state::{Buffering, OpenFile, Whence};
use super::unwritten::{Shared, Unwritten};
use crate::files::error::FileError;
use crate::files::pool::{self, Waiting};

/// A file, of which there may be several handles. Functions that begin with `try` give nothing
/// where the disk must be asked or somebody else is at it; nothing has been done then, and the
/// function of the same name without `try` is to be awaited. That one may be dropped at any time:
/// what has begun is finished by its thread, and the file stays usable.
#[derive(Clone, Debug)]
pub(crate) struct File {
    shared: Arc<Shared>,
    unwritten: Rc<Unwritten>,
}

impl File {
    pub(crate) fn new(file: OpenFile, unwritten: Rc<Unwritten>) -> Self {
        File {
            shared: Arc::new(Shared::new(file)),
            unwritten,
        }
    }

    /// What `io.type` asks. A file that is being closed is.
    pub(crate) fn is_closed(&self) -> bool {
        self.try_with(|file| Some(file.is_closed()))
            .unwrap_or(false)
    }

    /// Reads by formats; without any, a line. The values end with the first one that is nothing.
    /// All of them together have at most `limit` bytes.
    pub(crate) fn try_read(
        &self,
        formats: &[Format],
        limit: usize,
    ) -> Option<Result<Vec<Value>, FileError>> {
        self.try_with(|file| file.try_read(formats, limit))
    }

    pub(crate) fn read(&self, formats: Vec<Format>, limit: usize) -> Waiting<Vec<Value>> {
        self.with(move |file| file.read(&formats, limit))
    }

    /// Writes bytes.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> Option<Result<(), FileError>> {
        let written = self.try_with(|file| file.try_write(bytes));
        if let Some(Ok(())) = written {
            self.unwritten.note(&self.shared);
        }
        written
    }

    pub(crate) fn write(&self, bytes: Vec<u8>) -> Waiting<()> {
        // It may stay in the buffer, also where nobody waits for the end.
        self.unwritten.note(&self.shared);
        self.with(move |file| file.write(&bytes))
    }

    pub(crate) fn try_seek(&self, whence: Whence, offset: i64) -> Option<Result<u64, FileError>> {
        self.try_with(|file| file.try_seek(whence, offset))
    }

    pub(crate) fn seek(&self, whence: Whence, offset: i64) -> Waiting<u64> {
        self.with(move |file| file.seek(whence, offset))
    }

    pub(crate) fn try_flush(&self) -> Option<Result<(), FileError>> {
        self.try_with(|file| (!file.has_unwritten()).then(|| file.flush()))
    }

    pub(crate) fn flush(&self) -> Waiting<()> {
        self.with(OpenFile::flush)
    }

    /// `setvbuf`. The size that programs may give is not looked at, as in glibc.
    pub(crate) fn try_set_buffering(&self, to: Buffering) -> Option<Result<(), FileError>> {
        self.try_with(|file| Some(file.set_buffering(to)))
    }

    pub(crate) fn set_buffering(&self, to: Buffering) -> Waiting<()> {
        self.with(move |file| file.set_buffering(to))
    }

    pub(crate) fn try_close(&self) -> Option<Result<(), FileError>> {
        self.try_with(OpenFile::try_close)
    }

    /// Writes what is not written and closes the file, also where the former fails.
    pub(crate) fn close(&self) -> Waiting<()> {
        self.with(|file| match file.is_closed() {
            true => Err(FileError::closed()),
            false => file.close(),
        })
    }

    fn try_with<T>(&self, work: impl FnOnce(&mut OpenFile) -> Option<T>) -> Option<T> {
        let mut file = self.shared.file.try_lock().ok()?;
        work(&mut file)
    }

    /// Waits for those that came before, then for the work.
    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut OpenFile) -> Result<T, FileError> + Send + 'static,
    ) -> Waiting<T> {
        let file = Arc::clone(&self.shared.file);
        Box::pin(async move {
            let mut file = file.lock_owned().await;
            pool::run(move || work(&mut file)).await
        })
    }
}
