//! The signals that stop a server.

use std::future::Future;

use crate::error::Error;

/// Completes with the `count`th signal to stop. From the call on signals are heard.
#[cfg(unix)]
pub(crate) fn signals(count: usize) -> Result<impl Future<Output = ()>, Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        for _ in 0..count {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
    })
}

#[cfg(not(unix))]
pub(crate) fn signals(count: usize) -> Result<impl Future<Output = ()>, Error> {
    Ok(async move {
        for _ in 0..count {
            // Without a handler the system ends the process, which is a stop, too.
            let _ = tokio::signal::ctrl_c().await;
        }
    })
}
