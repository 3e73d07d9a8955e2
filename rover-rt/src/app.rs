use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

use rover_model::LogLevel;
use tokio::sync::watch;

use crate::balance::shares;
use crate::client::TestClient;
use crate::error::Error;
use crate::listen;
use crate::log::Log;
use crate::program::Program;
use crate::settings::Settings;
use crate::worker;

/// A compiled program, ready to be served.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) program: &'static Program,
    pub(crate) settings: Settings,
}

impl App {
    #[doc(hidden)]
    pub fn new(program: &'static Program) -> Self {
        App {
            program,
            settings: Settings::new(&program.options),
        }
    }

    /// Listens on another host and port than the manifest says. Port 0 takes any
    /// free one.
    #[must_use]
    pub fn bind(mut self, host: &str, port: u16) -> Self {
        host.clone_into(&mut self.settings.host);
        self.settings.port = port;
        self
    }

    /// The number of workers: threads with an event loop and a VM each. At least one.
    #[must_use]
    pub fn workers(mut self, count: usize) -> Self {
        self.settings.workers = count.max(1);
        self
    }

    /// How much is logged.
    #[must_use]
    pub fn log_level(mut self, level: LogLevel) -> Self {
        self.settings.log_level = level;
        self
    }

    /// Serves until SIGTERM or Ctrl-C, then finishes the running requests.
    ///
    /// # Errors
    /// When the address cannot be listened on or the program does not load.
    pub fn run(self) -> Result<(), Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            // First of all: who can connect can expect a signal to be heard.
            let signal = stop_signal()?;
            let settings = &self.settings;
            let listeners = listen::bind(&settings.host, settings.port, settings.workers)?;
            let address = listeners[0].local_addr()?;
            self.start(listeners, Some(address), signal).await
        })
    }

    /// Serves on a listening socket until `shutdown` completes, then finishes the
    /// running requests (30 s at most).
    ///
    /// # Errors
    /// When the program does not load or the socket cannot be shared between workers.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        let listeners = listen::share(&listener, self.settings.workers)?;
        drop(listener);
        self.start(listeners, None, shutdown).await
    }

    /// Loads the program into one VM and answers requests without a socket.
    ///
    /// # Errors
    /// When the program does not load.
    pub fn client(self) -> Result<TestClient, Error> {
        TestClient::new(self)
    }

    async fn start(
        self,
        listeners: Vec<TcpListener>,
        announce: Option<SocketAddr>,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        let (stop, stopped) = watch::channel(false);
        let (ready, states) = mpsc::channel();
        let (done, mut ended) = tokio::sync::mpsc::channel(1);
        let shares = shares(listeners.len());
        for ((index, listener), share) in listeners.into_iter().enumerate().zip(shares) {
            let (ready, done) = (ready.clone(), done.clone());
            let settings = self.settings.clone();
            let stopped = stopped.clone();
            worker::spawn(
                index,
                self.program,
                settings,
                (listener, share),
                ready,
                stopped,
                done,
            )?;
        }
        drop((ready, done));
        let started: Result<Vec<()>, Error> = states.iter().collect();
        if let Err(error) = started {
            stop.send_replace(true);
            return Err(error);
        }
        let log = Log::new(self.settings.log_level);
        if let Some(address) = announce {
            let message = format!("listening on http://{address}");
            log.line(LogLevel::Info, &message, None);
            log.flush();
        }
        tokio::select! {
            () = shutdown => stop.send_replace(true),
            // Every worker is gone without having been asked to.
            _ = ended.recv() => return Err(Error::Worker("all workers ended".to_owned())),
        };
        ended.recv().await;
        Ok(())
    }
}

#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, Error> {
    Ok(async {
        // Without a handler the system ends the process, which is a stop, too.
        let _ = tokio::signal::ctrl_c().await;
    })
}
