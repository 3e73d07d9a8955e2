//! From a path below a root to a descriptor, or to a folder and a name in it.

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, statat};
use rustix::io::Errno;

use super::beneath::{LOOK, Refusal, Way};
use super::error::FileError;
use super::roots::Below;

impl<'a> Below<'a> {
    pub(crate) fn error(&self, error: Errno) -> FileError {
        FileError::at(self.path, error)
    }

    fn refusal(&self, refusal: Refusal) -> FileError {
        match refusal {
            Refusal::System(error) => self.error(error),
            Refusal::Outside => {
                let reason = "Permission denied (it leads out of its folder of the option `files`)";
                FileError::because(self.path, reason, Errno::ACCESS)
            }
        }
    }

    pub(crate) fn not_regular(&self) -> FileError {
        FileError::because(self.path, "Not a regular file", Errno::INVAL)
    }

    /// Opens whatever is there, also what is first on the way to it.
    fn open(&self, components: &[&[u8]], flags: OFlags, mode: Mode) -> Result<OwnedFd, FileError> {
        let way = self.root.way();
        way.open(self.root.folder(), components, flags, mode)
            .map_err(|refusal| self.refusal(refusal))
    }

    /// Opens a regular file. Anything else is refused, and no pipe makes the thread wait for its
    /// other end.
    pub(crate) fn open_file(&self, flags: OFlags) -> Result<OwnedFd, FileError> {
        if self.wants_folder {
            let is_folder = file_type(&self.stat()?) == FileType::Directory;
            let error = if is_folder {
                Errno::ISDIR
            } else {
                Errno::NOTDIR
            };
            return Err(self.error(error));
        }
        let mode = match flags.contains(OFlags::CREATE) {
            // The process's mask is taken off.
            true => Mode::from(0o666),
            false => Mode::empty(),
        };
        let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = match self.open(&self.components, flags, mode) {
            // A pipe that nobody reads, a socket, a device that is not there.
            Err(error) if error.errno() == Errno::NXIO => return Err(self.not_regular()),
            file => file?,
        };
        match file_type(&fstat(&file).map_err(|error| self.error(error))?) {
            FileType::RegularFile => Ok(file),
            FileType::Directory => Err(self.error(Errno::ISDIR)),
            _ => Err(self.not_regular()),
        }
    }

    /// Opens a folder, to list it.
    pub(crate) fn open_folder(&self) -> Result<OwnedFd, FileError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        self.open(&self.components, flags, Mode::empty())
    }

    /// Opens the folder that the first `count` components lead to, to look from it.
    pub(crate) fn look(&self, count: usize) -> Result<OwnedFd, FileError> {
        let flags = LOOK | OFlags::DIRECTORY;
        self.open(&self.components[..count], flags, Mode::empty())
    }

    /// The folder that has the last component, and that component: a name, without slashes and
    /// other than dots, that leads nowhere else.
    pub(crate) fn parent(&self) -> Result<(OwnedFd, &'a [u8]), FileError> {
        match self.components.split_last() {
            None => {
                let reason = "Device or resource busy (it is a folder of the option `files`)";
                Err(FileError::because(self.path, reason, Errno::BUSY))
            }
            Some((&b"..", _)) => Err(self.error(Errno::INVAL)),
            Some((name, others)) => Ok((self.look(others.len())?, name)),
        }
    }

    /// What is there. Links that stay below are followed where paths are.
    pub(crate) fn stat(&self) -> Result<Stat, FileError> {
        let stat = match self.root.way() {
            #[cfg(target_os = "linux")]
            Way::Kernel => fstat(&self.open(&self.components, LOOK, Mode::empty())?),
            Way::Walk => match self.components.last() {
                None | Some(&b"..") => fstat(&self.look(self.components.len())?),
                Some(_) => {
                    let (folder, name) = self.parent()?;
                    statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)
                }
            },
        };
        let stat = stat.map_err(|error| self.error(error))?;
        match self.wants_folder && file_type(&stat) != FileType::Directory {
            true => Err(self.error(Errno::NOTDIR)),
            false => Ok(stat),
        }
    }
}

pub(crate) fn file_type(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}
