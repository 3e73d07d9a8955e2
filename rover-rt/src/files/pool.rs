//! The threads that ask the system about files, few for the whole process: others wait for their
//! turn, in order.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use tokio::sync::oneshot;

use super::error::FileError;

/// A disk is not quicker for more.
pub(crate) const THREADS: usize = 8;
/// A thread that had nothing to do for so long ends.
const IDLE: Duration = Duration::from_secs(10);

/// An operation that is under way. It may be dropped at any time.
pub(crate) type Waiting<T> = Pin<Box<dyn Future<Output = Result<T, FileError>>>>;

type Job = Box<dyn FnOnce() + Send>;

struct Pool {
    state: Mutex<State>,
    /// There is a job.
    work: Condvar,
    /// There may be none any more.
    done: Condvar,
}

struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

static POOL: Pool = Pool {
    state: Mutex::new(State {
        jobs: VecDeque::new(),
        threads: 0,
        idle: 0,
    }),
    work: Condvar::new(),
    done: Condvar::new(),
};

thread_local! {
    static IS_POOL: Cell<bool> = const { Cell::new(false) };
}

/// This thread may wait for a disk.
pub(crate) fn is_here() -> bool {
    IS_POOL.get()
}

/// Does the work on another thread. Work that is not awaited any more when its turn comes is
/// dropped undone; what has begun ends.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, FileError> {
    let (sender, receiver) = oneshot::channel();
    submit(move || {
        if !sender.is_closed() {
            // A result that came too late is dropped here, and closed with it.
            let _ = sender.send(work());
        }
    });
    // The work panicked, and that has been told.
    receiver.await.unwrap_or_else(|_| Err(Errno::IO.into()))
}

/// Does the work on another thread, and nobody waits for it.
pub(crate) fn submit(job: impl FnOnce() + Send + 'static) {
    let mut state = POOL.lock();
    state.jobs.push_back(Box::new(job));
    if state.jobs.len() > state.idle && state.threads < THREADS {
        state.threads += 1;
        let name = String::from("rover-files");
        let started = thread::Builder::new().name(name).spawn(|| POOL.serve());
        if started.is_err() {
            state.threads -= 1;
            // With no thread at all the work is done here, and the event loop waits.
            let job = (state.threads == 0).then(|| state.jobs.pop_front());
            drop(state);
            if let Some(job) = job.flatten() {
                job();
            }
            return;
        }
    }
    drop(state);
    POOL.work.notify_one();
}

/// Waits until all work is done, for the process's end; not longer than this.
pub(crate) fn finish(time: Duration) {
    let until = Instant::now() + time;
    let mut state = POOL.lock();
    while !state.jobs.is_empty() || state.idle < state.threads {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        let waited = POOL.done.wait_timeout(state, left);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

impl Pool {
    /// Jobs run outside of the lock, so a panic leaves the state as it should be.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self) {
        IS_POOL.set(true);
        let mut state = self.lock();
        loop {
            while let Some(job) = state.jobs.pop_front() {
                drop(state);
                // The panic's hook has told of it.
                let _ = catch_unwind(AssertUnwindSafe(job));
                state = self.lock();
            }
            state.idle += 1;
            self.done.notify_all();
            let waited = self.work.wait_timeout(state, IDLE);
            let (woken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if timeout.timed_out() && state.jobs.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}
