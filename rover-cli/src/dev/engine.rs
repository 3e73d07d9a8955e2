//! The version of a program that is served.

use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use rover_build::Plan;
use rover_rt::{App, Error};
use tokio::sync::oneshot;

use crate::dev::shown::Shown;

/// A version that is served, on threads of its own.
#[derive(Debug)]
pub(crate) struct Running {
    /// Dropped, it stops.
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Running {
    /// Serves a plan beside what is served already; returns when every worker does.
    pub(crate) fn start(
        plan: Plan,
        listener: &TcpListener,
        shown: &Arc<Shown>,
    ) -> Result<Self, Error> {
        let app = App::from(plan).development(Arc::clone(shown) as _);
        let listener = listener.try_clone()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, started) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("rover-version".to_owned())
            .spawn(move || {
                let ready = tell.clone();
                let served = serve(app, listener, move || drop(ready.send(Ok(()))), stopped);
                if let Err(error) = served {
                    // After the start nobody listens; what failed is in the log.
                    let _ = tell.send(Err(error));
                }
            })?;
        let ended = |_| Error::Worker("the version ended before it was served".to_owned());
        started.recv().map_err(ended)??;
        Ok(Running { stop, thread })
    }

    /// No new connection comes to it; requests that run are finished.
    pub(crate) fn leave(self) {
        drop(self.stop);
    }

    /// The same, and waits for them.
    pub(crate) fn end(self) {
        drop(self.stop);
        // One that panicked has said so.
        let _ = self.thread.join();
    }
}

fn serve(
    app: App,
    listener: TcpListener,
    started: impl FnOnce(),
    stopped: oneshot::Receiver<()>,
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(app.serve_and_tell(listener, started, async {
        // An error means that the version is no longer wanted, too.
        let _ = stopped.await;
    }))
}
