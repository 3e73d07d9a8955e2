//! The version of a program that is served.

use std::env;
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use rover_build::Plan;
use rover_build::dotenv::Variables;
use rover_rt::{App, Error, Stage};
use tokio::sync::oneshot;

use crate::dev::shown::{Shown, ShownByVersion};

/// A version that is served, on threads of its own.
#[derive(Debug)]
pub(crate) struct Running {
    /// Dropped, it stops.
    stop: oneshot::Sender<()>,
    stages: mpsc::Receiver<Result<Stage, Error>>,
    thread: JoinHandle<()>,
}

impl Running {
    /// Serves a plan beside what is served already; returns when every worker does.
    pub(crate) fn start(
        plan: Plan,
        environment: Variables,
        listener: &TcpListener,
        shown: &Arc<Shown>,
    ) -> Result<Self, Error> {
        let state = variable("ROVER_STATE", &environment);
        let mut app = App::from(plan)
            .environment(environment)
            .development(Arc::new(ShownByVersion::new(shown)));
        if let Some(address) = state {
            app = app.state(&address)?;
        }
        let listener = listener.try_clone()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, stages) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("rover-version".to_owned())
            .spawn(move || {
                let ready = tell.clone();
                let served = serve(app, listener, |stage| drop(ready.send(Ok(stage))), stopped);
                if let Err(error) = served {
                    // After the start nobody listens; what failed is in the log.
                    let _ = tell.send(Err(error));
                }
            })?;
        let ended = |_| Error::Worker("the version ended before it was served".to_owned());
        stages.recv().map_err(ended)??;
        Ok(Running {
            stop,
            stages,
            thread,
        })
    }

    /// When this returns no new connection comes to it; requests that run are finished.
    pub(crate) fn leave(self) {
        drop(self.stop);
        // An error means that it has ended already.
        let _ = self.stages.recv();
    }

    /// The same, and waits for them.
    pub(crate) fn end(self) {
        drop(self.stop);
        // One that panicked has said so.
        let _ = self.thread.join();
    }
}

/// A variable of the process, or of `.env` where the process has none.
fn variable(name: &str, file: &Variables) -> Option<String> {
    let of_process = env::var(name).ok();
    let of_file = || file.iter().find(|(known, _)| known == name);
    of_process.or_else(|| of_file().map(|(_, value)| value.clone()))
}

fn serve(
    app: App,
    listener: TcpListener,
    tell: impl FnMut(Stage),
    stopped: oneshot::Receiver<()>,
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(app.serve_and_tell(listener, tell, async {
        // An error means that the version is no longer wanted, too.
        let _ = stopped.await;
    }))
}
