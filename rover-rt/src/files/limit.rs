//! How many files a VM's programs have open at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A number of files that may be open.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    open: Arc<AtomicUsize>,
    most: usize,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot(Arc<AtomicUsize>);

impl Limit {
    pub(crate) fn new(most: usize) -> Self {
        Limit {
            open: Arc::default(),
            most,
        }
    }

    /// Room for one more file, if there is any.
    pub(crate) fn slot(&self) -> Option<Slot> {
        // One event loop adds; threads that close files take away.
        if self.is_reached() {
            return None;
        }
        self.open.fetch_add(1, Ordering::Relaxed);
        Some(Slot(Arc::clone(&self.open)))
    }

    pub(crate) fn is_reached(&self) -> bool {
        self.open() >= self.most
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
