//! The files that a program is made of, watched.
//!
//! Folders are watched, not files: editors save by writing a new file and giving it the old
//! one's name.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use rover_build::Failure;
use rover_build::dotenv;

use crate::commands::dev::Event;
use crate::error::Error;
use crate::manifest::Manifest;

/// A save is over when nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(8);
/// Folders below the manifest's that are watched from the start.
const MOST_FOLDERS: usize = 200;
/// So deep.
const DEEPEST: usize = 6;
/// Folders in which no program has its files.
const NEVER: [&str; 3] = ["target", "node_modules", "migrations.lock"];

/// Watches folders.
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    root: PathBuf,
    folders: HashSet<PathBuf>,
    wanted: Arc<Mutex<Wanted>>,
}

/// Which files matter.
#[derive(Debug, Default)]
struct Wanted {
    /// What the program's are called.
    names: HashSet<OsString>,
    /// Any: what is missing may come.
    all: bool,
}

impl Watch {
    /// Watches the manifest's folder and those below it. Changes are told to `wake`.
    pub(crate) fn new(manifest: &Manifest, wake: Sender<Event>) -> Result<Self, Error> {
        let failed =
            |error: notify::Error| Error::Manifest(format!("files cannot be watched: {error}"));
        let (tell, told) = mpsc::channel();
        let wanted = Arc::<Mutex<Wanted>>::default();
        let known = Arc::clone(&wanted);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Where events are lost, everything may have changed.
            if event.map_or(true, |event| matters(&event, &known)) {
                let _ = tell.send(());
            }
        })
        .map_err(failed)?;
        thread::spawn(move || gather(&told, &wake));
        let mut watch = Watch {
            watcher,
            root: manifest.folder(),
            folders: HashSet::new(),
            wanted,
        };
        let root = watch.root.clone();
        watch.want(&[dotenv::path(&root)], false);
        watch.below(&root, DEEPEST);
        Ok(watch)
    }

    /// Watches the folders of these files, too, and those that have come meanwhile.
    pub(crate) fn follow(&mut self, files: &[PathBuf]) {
        self.want(files, false);
        self.folders_of(files);
    }

    fn want(&self, files: &[PathBuf], all: bool) {
        let names = files.iter().filter_map(|file| file.file_name());
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.names.extend(names.map(OsString::from));
        wanted.all = all;
    }

    fn folders_of(&mut self, files: &[PathBuf]) {
        for folder in files.iter().filter_map(|file| file.parent()) {
            self.add(folder);
        }
        let root = self.root.clone();
        self.below(&root, DEEPEST);
    }

    /// The same for the files that mistakes are in.
    pub(crate) fn follow_also(&mut self, failure: &Failure) {
        let labels = failure.diagnostics.iter().flat_map(|d| &d.labels);
        let files = labels.map(|(position, _)| self.root.join(&position.file));
        let files: Vec<PathBuf> = files.collect();
        self.want(&files, true);
        self.folders_of(&files);
    }

    fn below(&mut self, folder: &Path, depth: usize) {
        if self.folders.len() >= MOST_FOLDERS {
            return;
        }
        self.add(folder);
        let Ok(entries) = folder.read_dir() else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if depth > 0 && is_folder && !name.starts_with('.') && !NEVER.contains(&&*name) {
                self.below(&entry.path(), depth - 1);
            }
        }
    }

    fn add(&mut self, folder: &Path) {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        // One that is not there yet is found when it is.
        if !self.folders.contains(folder)
            && self
                .watcher
                .watch(folder, RecursiveMode::NonRecursive)
                .is_ok()
        {
            self.folders.insert(folder.to_owned());
        }
    }
}

/// Whether something was written that may be the program's, and not only read: one of its
/// files, another Lua file, a folder.
fn matters(event: &notify::Event, wanted: &Mutex<Wanted>) -> bool {
    let written = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    };
    let wanted = wanted.lock().unwrap_or_else(PoisonError::into_inner);
    let may_be_ours = |path: &PathBuf| {
        let name = path.file_name();
        let known = wanted.all || name.is_some_and(|name| wanted.names.contains(name));
        // Editors' own files begin with a dot.
        let hidden = || name.is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // A module or a migration that is new.
        let may_come = || {
            path.extension()
                .is_some_and(|end| end == "lua" || end == "sql")
        };
        known || (may_come() && !hidden()) || path.is_dir()
    };
    written && (event.paths.is_empty() || event.paths.iter().any(may_be_ours))
}

/// Makes one event of those that follow each other closely.
fn gather(told: &Receiver<()>, wake: &Sender<Event>) {
    while told.recv().is_ok() {
        loop {
            match told.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if wake.send(Event::Files).is_err() {
            return;
        }
    }
}
