//! The signal of a file that may become no larger.

use std::sync::Once;

use rustix::process::Signal;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};

/// A process that was given a limit on the size of files is ended by a signal where it writes
/// beyond. One that hears the signal gets an error instead, as for a full disk.
pub(crate) fn hear() {
    static ONCE: Once = Once::new();
    // Hearing needs an event loop; the first one does for all, also when it has ended.
    if Handle::try_current().is_ok() {
        ONCE.call_once(|| {
            // Without it things are as before.
            let _ = signal(SignalKind::from_raw(Signal::XFSZ.as_raw()));
        });
    }
}
