//! Waiting for one's turn.

use std::future::Future;
use std::time::Duration;

use crate::wait::error::WaitError;

/// Waits for something no longer than so many milliseconds; 0 for any time.
pub(crate) async fn within<T>(
    milliseconds: u32,
    what: impl Future<Output = T>,
) -> Result<T, WaitError> {
    if milliseconds == 0 {
        return Ok(what.await);
    }
    let time = Duration::from_millis(milliseconds.into());
    tokio::time::timeout(time, what).await.map_err(|_| {
        let seconds = time.as_secs_f64();
        let message = format!("the database is busy: there was no room within {seconds} s");
        let mut error = WaitError::new("pool", message);
        error.retryable = true;
        error
    })
}
