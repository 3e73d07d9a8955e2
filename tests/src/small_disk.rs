//! A disk of a few megabytes, for tests of what happens when it is full. Only who may mount has one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a file system of its own, which goes with it.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// One of so many megabytes; nothing where it may not be mounted.
    pub fn new(name: &str, megabytes: u32) -> Option<Self> {
        let folder = format!("rover-disk-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&path).ok()?;
        let size = format!("size={megabytes}m");
        let mounted = run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs"], &path);
        if !mounted {
            eprintln!("left out: no file system can be mounted here");
            let _ = std::fs::remove_dir(&path);
            return None;
        }
        Some(SmallDisk(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Gives it more room.
    pub fn grow(&self, megabytes: u32) {
        let size = format!("remount,size={megabytes}m");
        assert!(run("mount", &["-o", &size], &self.0), "it grows");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["--lazy"], &self.0);
        let _ = std::fs::remove_dir(&self.0);
    }
}

fn run(command: &str, arguments: &[&str], path: &Path) -> bool {
    let mut command = Command::new(command);
    let command = command.args(arguments).arg(path);
    let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    done.is_ok_and(|status| status.success())
}
