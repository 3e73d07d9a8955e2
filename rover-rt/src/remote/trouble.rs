//! What the log hears of a server that is not there: once when it begins, now and then while it lasts, and when it is over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rover_model::LogLevel;

use crate::log::Log;
use crate::wait::error::WaitError;

/// While it lasts, the log hears of it once in this time.
const AGAIN: Duration = Duration::from_secs(10);

/// See the module. All workers of a process have one.
#[derive(Default)]
pub(super) struct Trouble {
    lasts: AtomicBool,
    told: Mutex<Option<Instant>>,
}

impl Trouble {
    pub(super) fn note<T>(&self, sent: &Result<T, WaitError>, log: &Log) {
        match sent {
            Err(error) if is_of_server(error) => self.begin(error, log),
            Err(_) => {}
            Ok(_) if !self.lasts.load(Ordering::Relaxed) => {}
            Ok(_) => {
                if self.lasts.swap(false, Ordering::Relaxed) {
                    *self.told() = None;
                    log.line(LogLevel::Info, "state: the server answers again", None);
                }
            }
        }
    }

    fn begin(&self, error: &WaitError, log: &Log) {
        self.lasts.store(true, Ordering::Relaxed);
        let mut told = self.told();
        if told.is_none_or(|told| told.elapsed() >= AGAIN) {
            *told = Some(Instant::now());
            log.line(LogLevel::Warn, &error.message, None);
        }
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the server is not there, or does not do what it is for: not that a question is a wrong one.
fn is_of_server(error: &WaitError) -> bool {
    matches!(
        error.kind,
        "connect" | "closed" | "timeout" | "tls" | "full"
    ) || error.retryable
}
