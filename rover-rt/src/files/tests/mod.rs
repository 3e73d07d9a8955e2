//! What must hold for files.

mod attacks;
mod lua;
mod numbers;
mod operations;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::front::Files;
use super::roots::Roots;

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rover-files-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Folder(path.canonicalize().unwrap())
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// A path in it, as a program writes it.
    fn at(&self, name: &str) -> Vec<u8> {
        format!("{}/{name}", self.0.display()).into_bytes()
    }

    fn roots(&self) -> Roots {
        Roots::open([self.0.to_str().unwrap()]).unwrap()
    }

    fn files(&self) -> Files {
        Files::new(Arc::new(self.roots()), 100)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Room for everything.
const ALL: usize = usize::MAX;

fn wait<T>(operation: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(operation)
}
