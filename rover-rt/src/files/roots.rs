//! The folders that a program may reach, and which of them a path is below.

use std::path::PathBuf;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::beneath::{LOOK, Way};
use super::error::FileError;
use super::path::Path;

/// The folders of the option `files`. They are opened once: what is renamed later on the way to
/// them changes nothing.
#[derive(Debug)]
pub(crate) struct Roots {
    roots: Vec<Root>,
}

#[derive(Debug)]
pub(crate) struct Root {
    is_absolute: bool,
    components: Vec<Vec<u8>>,
    folder: OwnedFd,
    way: Way,
}

/// A folder of the option that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{name:?}: {reason}{}", beside.as_ref().map(|beside| format!(" (in {})", beside.display())).unwrap_or_default())]
pub(crate) struct RootError {
    name: String,
    reason: String,
    /// The folder that the name is relative to.
    beside: Option<PathBuf>,
}

/// Where a path leads.
#[derive(Debug)]
pub(crate) struct Below<'a> {
    pub(crate) root: &'a Root,
    /// What of the path is below the root.
    pub(crate) components: Vec<&'a [u8]>,
    pub(crate) wants_folder: bool,
    /// The whole path, for messages.
    pub(crate) path: &'a [u8],
}

impl Roots {
    /// Opens folders, which are relative to the working directory or absolute. One that is not
    /// there is an error: it may be a slip of the pen, which nobody would see where it was made.
    pub(crate) fn open<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, RootError> {
        let roots = names.into_iter().map(|name| {
            Root::open(name).map_err(|error| RootError {
                name: name.to_owned(),
                reason: FileError::from(error).message,
                beside: match name.starts_with('/') {
                    true => None,
                    false => std::env::current_dir().ok(),
                },
            })
        });
        Ok(Roots {
            roots: roots.collect::<Result<_, _>>()?,
        })
    }

    /// The root that is nearest above a path, and what of the path is below it.
    pub(crate) fn find<'a>(&'a self, text: &'a [u8]) -> Result<Below<'a>, FileError> {
        let path = Path::parse(text).map_err(|error| FileError::at(text, error))?;
        let candidates = self.roots.iter().filter_map(|root| {
            let below = path.below(root.is_absolute, &root.components)?;
            Some((root, below))
        });
        let nearest = candidates.min_by_key(|(_, below)| below.len());
        let (root, below) = nearest.ok_or_else(|| {
            let reason = match self.roots.is_empty() {
                true => "Permission denied (the option `files` names no folder)",
                false => "Permission denied (it is not below a folder of the option `files`)",
            };
            FileError::because(text, reason, Errno::ACCESS)
        })?;
        Ok(Below {
            root,
            components: below.to_vec(),
            wants_folder: path.wants_folder,
            path: text,
        })
    }

    /// Where files without a name are.
    pub(crate) fn first(&self) -> Option<&Root> {
        self.roots.first()
    }

    /// Lets paths be followed as where the kernel has no help for it.
    #[cfg(test)]
    pub(crate) fn walking(mut self) -> Self {
        for root in &mut self.roots {
            root.way = Way::Walk;
        }
        self
    }
}

impl Root {
    fn open(name: &str) -> Result<Self, Errno> {
        let path = Path::parse(name.as_bytes())?;
        let flags = LOOK | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(name, flags, Mode::empty())?;
        Ok(Root {
            is_absolute: path.is_absolute,
            components: path.components.iter().map(|part| part.to_vec()).collect(),
            way: Way::best(folder.as_fd()),
            folder,
        })
    }

    pub(crate) fn folder(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }

    pub(crate) fn way(&self) -> Way {
        self.way
    }
}
