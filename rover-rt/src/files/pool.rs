//! The threads that ask the system about files.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use rustix::io::Errno;

use super::error::FileError;
pub(crate) use crate::wait::threads::is_here;
use crate::wait::threads::{NotDone, Threads};

/// A disk is not quicker for more.
pub(crate) const THREADS: usize = 8;

/// An operation that is under way. It may be dropped at any time.
pub(crate) type Waiting<T> = Pin<Box<dyn Future<Output = Result<T, FileError>>>>;

static POOL: Threads = Threads::new("rover-files", THREADS, usize::MAX);

/// Does the work on another thread. Work that is not awaited any more when its turn comes is
/// dropped undone; what has begun ends, and a result that nobody gets is closed.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, FileError> {
    match POOL.run(work).await {
        Ok(result) => result,
        Err(NotDone::Panicked | NotDone::Full) => Err(Errno::IO.into()),
    }
}

/// Does the work on another thread, and nobody waits for it.
pub(crate) fn submit(job: impl FnOnce() + Send + 'static) {
    POOL.submit(job);
}

/// Waits until all work is done, for the process's end; not longer than this.
pub(crate) fn finish(time: Duration) {
    POOL.finish(time);
}
