//! Threads that do what an event loop must not wait for: few for the whole process. Others wait
//! for their turn, in order.

use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// A thread that had nothing to do for so long ends.
const IDLE: Duration = Duration::from_secs(10);

/// Why work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// As much waits already as may.
    Full,
    /// The work panicked, and that has been told.
    Panicked,
}

/// Threads of one name, which begin when there is work for them.
pub(crate) struct Threads {
    name: &'static str,
    /// So many at most.
    most: usize,
    /// So much work waits for its turn at most.
    most_waiting: usize,
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

struct Job {
    work: Box<dyn FnOnce() + Send>,
    /// Nobody waits for it any more.
    given_up: Option<Arc<AtomicBool>>,
}

impl Job {
    fn is_given_up(&self) -> bool {
        let given_up = self.given_up.as_ref();
        given_up.is_some_and(|given_up| given_up.load(Ordering::Relaxed))
    }
}

/// Says that nobody waits any more when it is dropped.
struct Waiter(Arc<AtomicBool>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

thread_local! {
    static MAY_WAIT: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is one of such threads, which may wait.
pub(crate) fn is_here() -> bool {
    MAY_WAIT.get()
}

impl Threads {
    pub(crate) const fn new(name: &'static str, most: usize, most_waiting: usize) -> Self {
        Threads {
            name,
            most,
            most_waiting,
            state: Mutex::new(State {
                jobs: VecDeque::new(),
                threads: 0,
                idle: 0,
            }),
            work: Condvar::new(),
            done: Condvar::new(),
        }
    }

    /// Does the work on another thread. Work that is not awaited any more when its turn comes is
    /// dropped undone; what has begun ends.
    pub(crate) async fn run<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotDone> {
        let (sender, receiver) = oneshot::channel();
        let waiter = Waiter(Arc::default());
        let job = Job {
            // A result that came too late is dropped here.
            work: Box::new(move || {
                let _ = sender.send(work());
            }),
            given_up: Some(Arc::clone(&waiter.0)),
        };
        if !self.push(job, self.most_waiting) {
            return Err(NotDone::Full);
        }
        receiver.await.map_err(|_| NotDone::Panicked)
    }

    /// Does the work on another thread, and nobody waits for it.
    pub(crate) fn submit(&'static self, work: impl FnOnce() + Send + 'static) {
        let work = Box::new(work);
        let given_up = None;
        self.push(Job { work, given_up }, usize::MAX);
    }

    /// Whether there was room for the job.
    fn push(&'static self, job: Job, most_waiting: usize) -> bool {
        let mut state = self.lock();
        if state.jobs.len() >= most_waiting {
            state.jobs.retain(|job| !job.is_given_up());
            if state.jobs.len() >= most_waiting {
                return false;
            }
        }
        state.jobs.push_back(job);
        if state.jobs.len() > state.idle && state.threads < self.most {
            state.threads += 1;
            let name = String::from(self.name);
            let started = thread::Builder::new().name(name).spawn(|| self.serve());
            if started.is_err() {
                state.threads -= 1;
                // With no thread at all the work is done here, and the event loop waits.
                let job = (state.threads == 0).then(|| state.jobs.pop_front());
                drop(state);
                if let Some(job) = job.flatten() {
                    (job.work)();
                }
                return true;
            }
        }
        drop(state);
        self.work.notify_one();
        true
    }

    /// Waits until all work is done, for the process's end; not longer than this.
    pub(crate) fn finish(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.lock();
        while !state.jobs.is_empty() || state.idle < state.threads {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.done.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Jobs run outside of the lock, so a panic leaves the state as it should be.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self) {
        MAY_WAIT.set(true);
        let mut state = self.lock();
        loop {
            while let Some(job) = state.jobs.pop_front() {
                drop(state);
                match job.is_given_up() {
                    true => drop(job),
                    // The panic's hook has told of it.
                    false => drop(catch_unwind(AssertUnwindSafe(job.work))),
                }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// A thread that is kept busy until the test lets it go on.
    fn busy(threads: &'static Threads) -> (Receiver<()>, std::sync::mpsc::Sender<()>) {
        let ((begun, has_begun), (end, ends)) = (channel(), channel());
        threads.submit(move || {
            begun.send(()).unwrap();
            let _ = ends.recv();
        });
        (has_begun, end)
    }

    #[tokio::test]
    async fn what_is_given_up_makes_room() {
        static THREADS: Threads = Threads::new("test", 1, 2);
        static DONE: Mutex<Vec<i32>> = Mutex::new(Vec::new());
        let (begun, end) = busy(&THREADS);
        begun.recv().unwrap();
        let work = |number| move || DONE.lock().unwrap().push(number);
        let mut first = Box::pin(THREADS.run(work(1)));
        let mut second = Box::pin(THREADS.run(work(2)));
        for waiting in [&mut first, &mut second] {
            assert!(futures_poll(waiting).is_none());
        }
        assert_eq!(THREADS.run(work(3)).await, Err(NotDone::Full));
        drop(first);
        let mut fourth = Box::pin(THREADS.run(work(4)));
        assert!(futures_poll(&mut fourth).is_none());
        end.send(()).unwrap();
        assert_eq!((second.await, fourth.await), (Ok(()), Ok(())));
        assert_eq!(*DONE.lock().unwrap(), [2, 4]);
    }

    #[tokio::test]
    async fn a_panic_is_an_end() {
        static THREADS: Threads = Threads::new("test", 1, 2);
        let work = || -> i32 { panic!("a test of a panic") };
        assert_eq!(THREADS.run(work).await, Err(NotDone::Panicked));
        assert_eq!(THREADS.run(|| 1).await, Ok(1));
    }

    fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(future).poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}
