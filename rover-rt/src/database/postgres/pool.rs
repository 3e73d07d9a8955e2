//! Connections that one user has for itself: a transaction, a cursor, a slow statement. One that
//! is left in the middle is cleaned by a task of its own before it is given back.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::line::Line;
use super::shared::Shared;

/// How long the server may take to stop what it does.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection in use.
pub(crate) struct Held {
    shared: Arc<Shared>,
    line: Option<(Line, OwnedSemaphorePermit)>,
    sweeper: UnboundedSender<Left>,
    /// Whether what runs is ended when it is left. The end of a transaction is not.
    pub(crate) cancels: Cell<bool>,
}

/// A connection that was left as it was.
pub(crate) struct Left {
    line: Line,
    permit: OwnedSemaphorePermit,
    cancels: bool,
}

impl Held {
    pub(crate) fn new(
        shared: Arc<Shared>,
        line: Line,
        permit: OwnedSemaphorePermit,
        sweeper: UnboundedSender<Left>,
    ) -> Self {
        Held {
            shared,
            line: Some((line, permit)),
            sweeper,
            cancels: Cell::new(true),
        }
    }

    /// Gives it back: nothing is open on it.
    pub(crate) fn give_back(mut self) {
        if let Some((line, permit)) = self.line.take() {
            self.shared.give_back(line);
            drop(permit);
        }
    }
}

impl Deref for Held {
    type Target = Line;

    fn deref(&self) -> &Line {
        match &self.line {
            Some((line, _)) => line,
            // It is taken out only where the whole is given away.
            None => unreachable!("the connection was given back"),
        }
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Line {
        match &mut self.line {
            Some((line, _)) => line,
            None => unreachable!("the connection was given back"),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some((line, permit)) = self.line.take() {
            let left = Left {
                line,
                permit,
                cancels: self.cancels.get(),
            };
            // Where the worker has ended the connection ends, too, and the server takes back what
            // is open.
            let _ = self.sweeper.send(left);
        }
    }
}

/// Cleans what is left, as long as the worker is there.
pub(crate) async fn sweep(shared: Arc<Shared>, mut left: UnboundedReceiver<Left>) {
    while let Some(left) = left.recv().await {
        tokio::task::spawn_local(clean(Arc::clone(&shared), left));
    }
}

async fn clean(shared: Arc<Shared>, left: Left) {
    let Left {
        line,
        permit,
        cancels,
    } = left;
    if line.is_closed() {
        return;
    }
    let is_cancelled = line.is_abandoned() && cancels;
    let ending = async {
        if is_cancelled {
            line.cancel().await.ok()?;
        }
        line.batch("ROLLBACK").await.ok()
    };
    let ended = tokio::time::timeout(PATIENCE, ending).await;
    match ended {
        // What was cancelled too late would hit the next statement.
        Ok(Some(())) if !is_cancelled => {
            line.settle();
            shared.give_back(line);
        }
        Ok(Some(())) => drop(line),
        _ => line.cut(),
    }
    drop(permit);
}
