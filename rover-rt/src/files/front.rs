//! What a VM's programs do with files: each function gives a future that no event loop waits for
//! more than it likes, and that may be dropped at any time.

use std::rc::Rc;
use std::sync::Arc;

use rustix::io::Errno;

use super::error::FileError;
use super::folder::{self, Entry, Facts};
use super::limit::{Limit, Slot};
use super::open::handle::File;
use super::open::mode::Mode;
use super::open::state::OpenFile;
use super::open::unwritten::Unwritten;
use super::pool::{self, Waiting};
use super::roots::Roots;
use super::temporary::unnamed;
use super::{size_signal, whole};

/// The files of a VM.
#[derive(Debug)]
pub(crate) struct Files {
    roots: Arc<Roots>,
    limit: Limit,
    unwritten: Rc<Unwritten>,
}

impl Files {
    /// The roots are the process's; so many files may be open at once. To be made within the
    /// worker's event loop.
    pub(crate) fn new(roots: Arc<Roots>, most_open: usize) -> Self {
        size_signal::hear();
        Files {
            roots,
            limit: Limit::new(most_open),
            unwritten: Rc::default(),
        }
    }

    /// What a file has, or nothing where there is none. More than `limit` bytes are an error.
    pub(crate) fn read(&self, path: &[u8], limit: usize) -> Waiting<Option<Vec<u8>>> {
        self.run(path, move |roots, path| whole::read(roots, path, limit))
    }

    /// Makes a file, or replaces what it has, in one moment for whoever reads it.
    pub(crate) fn write(&self, path: &[u8], bytes: Vec<u8>) -> Waiting<()> {
        self.run(path, move |roots, path| whole::write(roots, path, &bytes))
    }

    /// Adds to the end of a file, which is made where there is none.
    pub(crate) fn append(&self, path: &[u8], bytes: Vec<u8>) -> Waiting<()> {
        self.run(path, move |roots, path| whole::append(roots, path, &bytes))
    }

    /// The names in a folder, sorted, or nothing where there is none.
    pub(crate) fn list(&self, path: &[u8], limit: usize) -> Waiting<Option<Vec<Entry>>> {
        self.run(path, move |roots, path| folder::list(roots, path, limit))
    }

    /// What is known of a file or a folder, or nothing where there is none.
    pub(crate) fn stat(&self, path: &[u8]) -> Waiting<Option<Facts>> {
        self.run(path, folder::stat)
    }

    /// Whether there is a file or a folder.
    pub(crate) fn exists(&self, path: &[u8]) -> Waiting<bool> {
        self.run(path, |roots, path| Ok(folder::stat(roots, path)?.is_some()))
    }

    /// Removes a file, a link or an empty folder; whether there was one.
    pub(crate) fn remove(&self, path: &[u8]) -> Waiting<bool> {
        self.run(path, folder::remove)
    }

    /// Gives a file or a folder another name, whose file is replaced.
    pub(crate) fn rename(&self, from: &[u8], to: &[u8]) -> Waiting<()> {
        let to = to.to_vec();
        self.run(from, move |roots, from| folder::rename(roots, from, &to))
    }

    /// Makes a folder, and those that it is in; whether it was not there already.
    pub(crate) fn make_dir(&self, path: &[u8]) -> Waiting<bool> {
        self.run(path, folder::make_dir)
    }

    /// `io.open`: the mode is as the program gives it.
    pub(crate) fn open(&self, path: &[u8], mode: &[u8]) -> Waiting<File> {
        self.open_as(path, Mode::parse(mode))
    }

    fn open_as(&self, path: &[u8], mode: Option<Mode>) -> Waiting<File> {
        let slot = self.slot().map_err(|error| FileError::at(path, error));
        let mode = mode.ok_or_else(|| FileError::at(path, Errno::INVAL));
        let opened = self.run(path, move |roots, path| {
            let (mode, slot) = (mode?, slot?);
            let below = roots.find(path)?;
            let file = below.open_file(mode.flags())?;
            OpenFile::new(file, slot, path, mode).map_err(|error| below.error(error))
        });
        let unwritten = Rc::clone(&self.unwritten);
        Box::pin(async move { Ok(File::new(opened.await?, unwritten)) })
    }

    /// `io.tmpfile`: a file without a name, on the disk of the first root.
    pub(crate) fn temporary(&self) -> Waiting<File> {
        let slot = self.slot();
        let opened = self.run(b"tmpfile", move |roots, path| {
            let root = roots.first().ok_or(Errno::ACCESS)?;
            let file = unnamed(root.folder())?;
            Ok(OpenFile::new(file, slot?, path, Mode::UPDATE)?)
        });
        let unwritten = Rc::clone(&self.unwritten);
        Box::pin(async move { Ok(File::new(opened.await?, unwritten)) })
    }

    /// Lets be written what files still have in their buffers: for the end of a request. Nobody
    /// waits for it; what fails is logged.
    pub(crate) fn settle(&self) {
        self.unwritten.settle();
    }

    /// How many files are open.
    #[cfg(test)]
    pub(crate) fn open_files(&self) -> usize {
        self.limit.open()
    }

    /// Whether no more files can be opened, but those that nobody has any more were not looked for.
    pub(crate) fn is_full(&self) -> bool {
        self.limit.is_reached()
    }

    fn slot(&self) -> Result<Slot, Errno> {
        self.limit.slot().ok_or(Errno::MFILE)
    }

    fn run<T: Send + 'static>(
        &self,
        path: &[u8],
        work: impl FnOnce(&Roots, &[u8]) -> Result<T, FileError> + Send + 'static,
    ) -> Waiting<T> {
        let (roots, path) = (Arc::clone(&self.roots), path.to_vec());
        Box::pin(pool::run(move || work(&roots, &path)))
    }
}
