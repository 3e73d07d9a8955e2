//! Files read and written as a whole.

use rustix::fd::AsFd;
use rustix::fs::{Access, AtFlags, FileType, Mode, OFlags, Stat, accessat, fchmod, statat};
use rustix::io::Errno;

use super::error::FileError;
use super::find::file_type;
use super::roots::{Below, Roots};
use super::temporary::Temporary;
use super::transfer::{read_rest, write_all};

/// What a file has, or nothing where there is none.
pub(crate) fn read(roots: &Roots, path: &[u8], limit: usize) -> Result<Option<Vec<u8>>, FileError> {
    let file = match roots.find(path)?.open_file(OFlags::RDONLY) {
        Err(error) if error.is_missing() => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::new();
    read_rest(file.as_fd(), 0, &mut bytes, limit).map_err(|error| error.at(path, limit))?;
    Ok(Some(bytes))
}

/// Makes a file of these bytes, or replaces what it has. Whoever reads it meanwhile sees the old
/// ones or the new ones: they are written to a file beside it, which then takes its name. A link
/// of that name is replaced by a file. The permissions stay as they are.
pub(crate) fn write(roots: &Roots, path: &[u8], bytes: &[u8]) -> Result<(), FileError> {
    let below = roots.find(path)?;
    let (folder, name) = below.parent()?;
    let system = |error| below.error(error);
    let old = match statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(old) => permissions(&below, &old)?,
        Err(Errno::NOENT) => None,
        Err(error) => return Err(system(error)),
    };
    if below.wants_folder {
        return Err(system(Errno::NOTDIR));
    }
    if old.is_some() {
        // The new file could take its place although nobody may write to it.
        accessat(&folder, name, Access::WRITE_OK, AtFlags::empty()).map_err(system)?;
    }
    let at_first = match old {
        // Nobody may open it who may not open the old one.
        Some(_) => Mode::RUSR | Mode::WUSR,
        None => Mode::from(0o666),
    };
    let new = Temporary::create(folder.as_fd(), at_first).map_err(system)?;
    write_all(&new.file, bytes).1.map_err(system)?;
    if let Some(mode) = old {
        fchmod(&new.file, mode).map_err(system)?;
    }
    new.rename(name).map_err(system)
}

/// Of the file that is there already; a link has none of its own.
fn permissions(below: &Below<'_>, stat: &Stat) -> Result<Option<Mode>, FileError> {
    match file_type(stat) {
        FileType::RegularFile => Ok(Some(Mode::from_raw_mode(stat.st_mode & 0o777))),
        FileType::Symlink => Ok(None),
        FileType::Directory => Err(below.error(Errno::ISDIR)),
        _ => Err(below.not_regular()),
    }
}

/// Adds bytes to the end of a file, which is made where there is none.
pub(crate) fn append(roots: &Roots, path: &[u8], bytes: &[u8]) -> Result<(), FileError> {
    let below = roots.find(path)?;
    let file = below.open_file(OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE)?;
    write_all(&file, bytes)
        .1
        .map_err(|error| below.error(error))
}
