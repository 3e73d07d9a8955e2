//! What is in folders, and how that is changed.

use rustix::fs::{AtFlags, Dir, FileType, Mode, Stat, mkdirat, renameat, statat, unlinkat};
use rustix::io::Errno;

use super::error::FileError;
use super::find::file_type;
use super::roots::{Below, Roots};
use super::temporary::is_temporary;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Folder => "folder",
            Kind::Link => "link",
            Kind::Other => "other",
        }
    }
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        }
    }
}

/// One of the names in a folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: Kind,
}

/// What the system knows of a file without reading it.
#[derive(Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) size: u64,
    /// Seconds since 1970, with fractions.
    pub(crate) modified: f64,
    pub(crate) kind: Kind,
}

/// About what an entry costs a program beside its name.
const ENTRY_BYTES: usize = 64;

/// The names in a folder, by their bytes; nothing where there is no such folder. Files that are
/// being written are left out. The limit is on the bytes of all.
pub(crate) fn list(
    roots: &Roots,
    path: &[u8],
    limit: usize,
) -> Result<Option<Vec<Entry>>, FileError> {
    let below = roots.find(path)?;
    let folder = match below.open_folder() {
        // That is also said of files.
        Err(error) if error.errno() == Errno::NOENT => return Ok(None),
        folder => folder?,
    };
    let system = |error| below.error(error);
    let mut entries = Vec::new();
    let mut bytes = 0;
    for entry in Dir::read_from(&folder).map_err(system)? {
        let entry = entry.map_err(system)?;
        let name = entry.file_name().to_bytes();
        if matches!(name, b"." | b"..") || is_temporary(name) {
            continue;
        }
        bytes += name.len() + ENTRY_BYTES;
        if bytes > limit {
            return Err(FileError::too_large(path, limit));
        }
        let kind = match entry.file_type() {
            // Not every file system tells.
            FileType::Unknown => match statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => file_type(&stat),
                // It has just gone.
                Err(Errno::NOENT) => continue,
                Err(error) => return Err(system(error)),
            },
            kind => kind,
        };
        entries.push(Entry {
            name: name.to_vec(),
            kind: kind.into(),
        });
    }
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(entries))
}

/// What is there, or nothing.
pub(crate) fn stat(roots: &Roots, path: &[u8]) -> Result<Option<Facts>, FileError> {
    match roots.find(path)?.stat() {
        Ok(stat) => Ok(Some(facts(&stat))),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

fn facts(stat: &Stat) -> Facts {
    // The types of these fields differ between systems.
    let nanos = stat.st_mtime_nsec as f64;
    Facts {
        size: u64::try_from(stat.st_size).unwrap_or(0),
        modified: stat.st_mtime as f64 + nanos / 1e9,
        kind: match file_type(stat).into() {
            // One that is not followed, where the kernel has no help for it.
            Kind::Link => Kind::Other,
            kind => kind,
        },
    }
}

/// Removes a file, a link or an empty folder; whether there was one.
pub(crate) fn remove(roots: &Roots, path: &[u8]) -> Result<bool, FileError> {
    let below = roots.find(path)?;
    let (folder, name) = match below.parent() {
        Err(error) if error.is_missing() => return Ok(false),
        parent => parent?,
    };
    let stat = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW);
    let is_folder = |stat: Stat| file_type(&stat) == FileType::Directory || below.wants_folder;
    let removed = stat.and_then(|stat| {
        let flags = match is_folder(stat) {
            true => AtFlags::REMOVEDIR,
            false => AtFlags::empty(),
        };
        unlinkat(&folder, name, flags)
    });
    match removed {
        Ok(()) => Ok(true),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(below.error(error)),
    }
}

/// Gives a file or a folder another name, whose file is replaced.
pub(crate) fn rename(roots: &Roots, from: &[u8], to: &[u8]) -> Result<(), FileError> {
    let (from, to) = (roots.find(from)?, roots.find(to)?);
    let (old_folder, old_name) = from.parent()?;
    let (new_folder, new_name) = to.parent()?;
    if from.wants_folder || to.wants_folder {
        let stat = statat(&old_folder, old_name, AtFlags::SYMLINK_NOFOLLOW);
        if file_type(&stat.map_err(|error| from.error(error))?) != FileType::Directory {
            return Err(from.error(Errno::NOTDIR));
        }
    }
    let renamed = renameat(&old_folder, old_name, &new_folder, new_name);
    renamed.map_err(|error| from.error(error))
}

/// Makes a folder and those that it is in; whether it was not there already.
pub(crate) fn make_dir(roots: &Roots, path: &[u8]) -> Result<bool, FileError> {
    let below = roots.find(path)?;
    let all = below.components.len();
    match below.look(all) {
        Err(error) if error.errno() == Errno::NOENT => {}
        Err(error) if error.errno() == Errno::NOTDIR => return Err(in_the_way(&below, error)),
        found => return found.map(|_| false),
    }
    let mut is_new = false;
    for count in 0..all {
        let folder = below.look(count)?;
        is_new = match mkdirat(&folder, below.components[count], Mode::from(0o777)) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(below.error(error)),
        };
    }
    // What was there already may be a file.
    below.look(all).map(|_| is_new)
}

/// `mkdir` tells a file of the last name from one on the way to it.
fn in_the_way(below: &Below<'_>, error: FileError) -> FileError {
    let is_last = below
        .parent()
        .is_ok_and(|(folder, name)| statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW).is_ok());
    match is_last {
        true => below.error(Errno::EXIST),
        false => error,
    }
}
