//! A connection for the statements of a worker that stand by themselves: each follows the one
//! before it at once.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::line::Line;
use crate::wait::error::WaitError;

pub(crate) struct Lane {
    line: Mutex<Option<Arc<Line>>>,
    /// The last attempt to connect that failed. Who has it connects.
    attempt: tokio::sync::Mutex<Option<(Instant, WaitError)>>,
    _permit: OwnedSemaphorePermit,
}

impl Lane {
    pub(crate) fn new(permit: OwnedSemaphorePermit) -> Self {
        Lane {
            line: Mutex::default(),
            attempt: tokio::sync::Mutex::default(),
            _permit: permit,
        }
    }

    /// The connection, where there is one.
    pub(crate) fn open(&self) -> Option<Arc<Line>> {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let line = line.as_ref()?;
        (!line.is_closed()).then(|| Arc::clone(line))
    }

    /// The connection, or a new one. All who ask while one is made share what comes of it.
    pub(crate) async fn line(
        &self,
        connect: impl AsyncFnOnce() -> Result<Line, WaitError>,
    ) -> Result<Arc<Line>, WaitError> {
        if let Some(line) = self.open() {
            return Ok(line);
        }
        let asked = Instant::now();
        let mut attempt = self.attempt.lock().await;
        if let Some(line) = self.open() {
            return Ok(line);
        }
        if let Some((began, error)) = &*attempt
            && *began >= asked
        {
            return Err(error.clone());
        }
        let began = Instant::now();
        match connect().await {
            Ok(line) => {
                let line = Arc::new(line);
                let mut place = self.line.lock().unwrap_or_else(PoisonError::into_inner);
                *place = Some(Arc::clone(&line));
                *attempt = None;
                Ok(line)
            }
            Err(error) => {
                *attempt = Some((began, error.clone()));
                Err(error)
            }
        }
    }
}
