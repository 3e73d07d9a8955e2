//! Which of a VM's files have bytes that the system does not have yet.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use tokio::sync::Mutex;

use super::state::OpenFile;
use crate::files::pool;

/// An open file that several may use, one after the other.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) file: Arc<Mutex<OpenFile>>,
    is_listed: AtomicBool,
}

impl Shared {
    pub(crate) fn new(file: OpenFile) -> Self {
        Shared {
            file: Arc::new(Mutex::new(file)),
            is_listed: AtomicBool::new(false),
        }
    }
}

/// Files that were written to since the last look.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    files: RefCell<Vec<Weak<Shared>>>,
}

impl Unwritten {
    pub(crate) fn note(&self, file: &Arc<Shared>) {
        if !file.is_listed.swap(true, Ordering::Relaxed) {
            self.files.borrow_mut().push(Arc::downgrade(file));
        }
    }

    /// Lets all be written that is not yet, while others go on. What fails is logged.
    pub(crate) fn settle(&self) {
        if self.files.borrow().is_empty() {
            return;
        }
        // One that is gone was written when it went.
        let files = std::mem::take(&mut *self.files.borrow_mut());
        for shared in files.iter().filter_map(Weak::upgrade) {
            // A file that is in use belongs to a request that goes on.
            let Ok(mut file) = Arc::clone(&shared.file).try_lock_owned() else {
                self.files.borrow_mut().push(Arc::downgrade(&shared));
                continue;
            };
            shared.is_listed.store(false, Ordering::Relaxed);
            if file.has_unwritten() {
                pool::submit(move || {
                    if let Err(error) = file.flush() {
                        file.tell(&error);
                    }
                });
            }
        }
    }
}
