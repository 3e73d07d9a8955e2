//! `sqlite::memory:`: a database in a folder of its own, in memory where the system has such folders.
//! What reads and writes is the same as for a file that stays.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::wait::error::WaitError;

/// What the folders' names begin with; the process's number follows.
const NAME: &str = "rover-memory-";
/// Linux has one whose files are in memory.
const IN_MEMORY: &str = "/dev/shm";

/// A folder that is removed with what is in it.
pub(crate) struct MemoryFolder(PathBuf);

impl MemoryFolder {
    /// Makes one, and removes those of processes that were killed.
    pub(crate) fn new() -> Result<Self, WaitError> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let below = match Path::new(IN_MEMORY).is_dir() {
            true => PathBuf::from(IN_MEMORY),
            false => std::env::temp_dir(),
        };
        remove_left(&below);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = below.join(format!("{NAME}{}-{number}", process::id()));
        // One that is there is left of a process that had the same number.
        let _ = fs::remove_dir_all(&path);
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(|error| {
            let message = format!("no folder for a database in memory can be made: {error}");
            WaitError::new("connect", message)
        })?;
        Ok(MemoryFolder(path))
    }

    /// The database's file.
    pub(crate) fn file(&self) -> String {
        self.0.join("memory.db").to_string_lossy().into_owned()
    }
}

impl Drop for MemoryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes the folders of processes that are gone. Where that cannot be known, nothing is removed.
fn remove_left(below: &Path) {
    if !Path::new("/proc/self").exists() {
        return;
    }
    let entries = fs::read_dir(below).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(NAME));
        let process = process.and_then(|rest| rest.split('-').next());
        let Some(Ok(process)) = process.map(str::parse::<u32>) else {
            continue;
        };
        if !Path::new(&format!("/proc/{process}")).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryFolder;
    use std::path::Path;

    #[test]
    fn folders_go_with_what_is_in_them() {
        let folder = MemoryFolder::new().expect("a folder");
        let file = folder.file();
        std::fs::write(&file, "x").expect("is written");
        assert!(MemoryFolder::new().is_ok_and(|other| other.file() != file));
        assert!(Path::new(&file).exists());
        drop(folder);
        assert!(!Path::new(&file).exists());
    }
}
