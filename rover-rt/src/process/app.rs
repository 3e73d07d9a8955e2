use std::cell::Cell;
use std::convert::Infallible;
use std::future::{self, Future};
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rover_model::LogLevel;
use tokio::sync::watch;

use crate::client::TestClient;
use crate::development::Development;
use crate::environment::Environment;
use crate::error::Error;
use crate::log::{self, Log};
#[cfg(unix)]
use crate::process::supervise::{Parent, Supervisor};
use crate::process::{inherit, listen, stop};
use crate::program::{Plan, Program};
use crate::resources::Resources;
use crate::settings::Settings;
#[cfg(unix)]
use crate::time::pulse::Watch;
use crate::time::pulse::{Pulse, pulses};
use crate::vm::Vm;
use crate::worker::balance::shares;
use crate::worker::thread::{STACK_BYTES, Stop, Worker};

/// What serving a program has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Every worker serves.
    Started,
    /// No worker takes a connection any more; requests that run are finished.
    Closed,
}

/// A compiled program, ready to be served.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) program: &'static Program,
    pub(crate) settings: Settings,
}

impl From<Plan> for App {
    /// A program that was not compiled into this one. It stays in memory until the process ends.
    fn from(plan: Plan) -> Self {
        App::new(Box::leak(Box::new(Program::from(plan))))
    }
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
        self.settings.set_address(host, port);
        self
    }

    /// The number of workers: threads with an event loop and a VM each. At least one.
    #[must_use]
    pub fn workers(mut self, count: usize) -> Self {
        self.settings.set_workers(count);
        self
    }

    /// How much is logged.
    #[must_use]
    pub fn log_level(mut self, level: LogLevel) -> Self {
        self.settings.set_log_level(level);
        self
    }

    /// Where the state is that all workers have in common, in place of the option `state`: the address of a server, or
    /// `memory`.
    ///
    /// # Errors
    /// When the program has no such option, or that is no address.
    pub fn state(mut self, address: &str) -> Result<Self, Error> {
        let name = "state";
        let set = self.settings.set_state(address);
        set.map_err(|reason| Error::Setting { name, reason })?;
        Ok(self)
    }

    /// Serves until SIGTERM or Ctrl-C, then finishes the running requests; a second signal
    /// cuts them off. Listening sockets that were passed to the process are taken instead of
    /// host and port.
    ///
    /// # Errors
    /// When the address cannot be listened on, the program does not load, or requests were
    /// cut off.
    pub fn run(self) -> Result<(), Error> {
        let outcome = self.run_process();
        log::finish();
        outcome
    }

    fn run_process(self) -> Result<(), Error> {
        let app = self.with_options_of_the_start()?;
        listen::raise_descriptor_limit();
        event_loop()?.block_on(async {
            // First of all: who can connect can expect a signal to be heard.
            let (signal, cut) = (stop::signals(1)?, stop::signals(2)?);
            #[cfg(unix)]
            let parent = Parent::find()?;
            let listeners = app.listeners()?;
            let log = Log::new(app.settings.log_level);
            let addresses = listen::addresses(&listeners)?;
            let tell = |state: &str| {
                if let Err(error) = inherit::notify(state) {
                    let message = format!("the service manager does not hear: {error}");
                    log.line(LogLevel::Warn, &message, None);
                }
            };
            let pulses = pulses(app.settings.workers);
            #[cfg(unix)]
            let heartbeat = Duration::from_millis(app.settings.limits.heartbeat);
            let stopping = Cell::new(false);
            let tell_started = |stage| {
                if stage != Stage::Started {
                    return;
                }
                log.line(LogLevel::Info, &format!("listening on {addresses}"), None);
                log.flush();
                tell("READY=1");
                #[cfg(unix)]
                parent
                    .iter()
                    .for_each(|parent| parent.tell_ready(heartbeat));
            };
            let signs = async {
                #[cfg(unix)]
                if let Some(parent) = &parent {
                    let watch = Watch::new(pulses.clone());
                    parent.tell_signs(heartbeat, watch, &stopping, &log).await;
                }
                future::pending::<Infallible>().await
            };
            let gone = async {
                #[cfg(unix)]
                if let Some(parent) = &parent {
                    return parent.gone().await;
                }
                future::pending().await
            };
            let shutdown = async {
                tokio::select! {
                    () = signal => {}
                    () = gone => {}
                }
                // Workers end now, each in its time.
                stopping.set(true);
                tell("STOPPING=1");
            };
            let served = app.start(listeners, &pulses, tell_started, shutdown, cut);
            tokio::select! {
                outcome = served => outcome,
                never = signs => match never {},
            }
        })
    }

    /// Keeps the listening sockets and runs the server as a child process, which is started
    /// again when it dies. SIGHUP or SIGUSR2 replaces it without a connection being refused.
    ///
    /// # Errors
    /// When the address cannot be listened on, the first child does not come up, or requests
    /// were cut off at the end.
    #[cfg(unix)]
    pub(crate) fn supervise(self) -> Result<(), Error> {
        let app = self.with_options_of_the_start()?;
        event_loop()?.block_on(async {
            let listeners = app.listeners()?;
            let log = Log::new(app.settings.log_level);
            let limits = app.settings.limits;
            let drain = Duration::from_millis(limits.drain.saturating_add(limits.drain_delay));
            let drain = (limits.drain > 0).then_some(drain);
            Supervisor::new(listeners, drain, log)?.run().await
        })
    }

    /// What the program's options depend on is there at the start: it runs once more, before
    /// anything that they are about.
    fn with_options_of_the_start(mut self) -> Result<Self, Error> {
        let program = self.program;
        let environment = self.settings.environment.clone();
        if program.options.from_start {
            // The workers log what the program says while it loads.
            let load = || {
                let log = Log::new(LogLevel::Off).into();
                let resources = Resources::with(environment);
                Vm::new(program, log, Arc::default(), Arc::new(resources)).map(Vm::into_options)
            };
            self.settings.take(on_its_own_thread(load)?);
        }
        Ok(self)
    }

    /// The sockets that were passed to this process, or else new ones.
    fn listeners(&self) -> Result<Vec<TcpListener>, Error> {
        let settings = &self.settings;
        match inherit::sockets()? {
            Some(sockets) => Ok(sockets),
            None => listen::bind(&settings.host, settings.port, settings.workers),
        }
    }

    /// Serves on a listening socket until `shutdown` completes, then finishes the
    /// running requests, for as long as the option `drain` says.
    ///
    /// # Errors
    /// When the program does not load or the socket cannot be shared between workers.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        self.serve_and_tell(listener, |_| {}, shutdown).await
    }

    /// As [`App::serve`]; tells what it has come to.
    ///
    /// # Errors
    /// As [`App::serve`].
    pub async fn serve_and_tell(
        self,
        listener: TcpListener,
        tell: impl FnMut(Stage),
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        let app = self.with_options_of_the_start()?;
        let pulses = pulses(app.settings.workers);
        app.start(vec![listener], &pulses, tell, shutdown, future::pending())
            .await
    }

    /// Variables of the environment that the program sees beside those of the process: for
    /// tests of a program that requires some. Where the process has one, that counts.
    #[must_use]
    pub fn environment<N: Into<String>, V: Into<String>>(
        mut self,
        added: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let added = added.into_iter();
        self.settings.environment =
            Environment::new(added.map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Where it listens, by the options of the start.
    ///
    /// # Errors
    /// When the program does not load.
    #[doc(hidden)]
    pub fn address(self) -> Result<(String, u16), Error> {
        let Settings { host, port, .. } = self.with_options_of_the_start()?.settings;
        Ok((host, port))
    }

    /// Shows a person at work more than clients are told.
    #[doc(hidden)]
    #[must_use]
    pub fn development(mut self, development: Arc<dyn Development>) -> Self {
        self.settings.development = Some(development);
        self
    }

    /// Loads the program into one VM and answers requests without a socket. Its state is in memory, whatever the option
    /// `state` says.
    ///
    /// # Errors
    /// When the program does not load.
    pub fn client(self) -> Result<TestClient, Error> {
        let app = self.with_options_of_the_start()?;
        TestClient::new(app.program, app.settings)
    }

    /// Serves until `shutdown` completes and what runs is finished, or until `cut` does.
    async fn start(
        self,
        listeners: Vec<TcpListener>,
        pulses: &[Arc<Pulse>],
        mut tell: impl FnMut(Stage),
        shutdown: impl Future<Output = ()>,
        cut: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        let limits = self.settings.limits;
        let (stop, stopped) = watch::channel(Stop::Not);
        let (accepting, mut closed) = tokio::sync::mpsc::channel(1);
        let mut ended = self
            .spawn_workers(listeners, pulses, &stopped, accepting)
            .inspect_err(|_| {
                stop.send_replace(Stop::Draining);
            })?;
        tell(Stage::Started);
        let failed = tokio::select! {
            () = shutdown => None,
            // A worker is given up; or every worker is gone without having been asked to.
            error = ended.recv() => {
                Some(error.unwrap_or_else(|| Error::Worker("all workers ended".to_owned())))
            }
        };
        let drained = async {
            let waits = self.settings.development.is_none() && limits.drain_delay > 0;
            if failed.is_none() && waits {
                stop.send_replace(Stop::Leaving);
                tokio::time::sleep(Duration::from_millis(limits.drain_delay)).await;
            }
            stop.send_replace(Stop::Draining);
            // It ends when no worker can send any more.
            let _ = closed.recv().await;
            tell(Stage::Closed);
            while ended.recv().await.is_some() {}
        };
        let cut = tokio::select! {
            () = drained => None,
            () = cut => Some(Error::Cut),
        };
        failed.or(cut).map_or(Ok(()), Err)
    }

    /// Starts the workers and waits until each of them serves. What is returned hears of
    /// those that fail later, and ends with the last of them.
    fn spawn_workers(
        &self,
        listeners: Vec<TcpListener>,
        pulses: &[Arc<Pulse>],
        stop: &watch::Receiver<Stop>,
        accepting: tokio::sync::mpsc::Sender<()>,
    ) -> Result<tokio::sync::mpsc::Receiver<Error>, Error> {
        let workers = self.settings.workers;
        let limits = self.settings.limits;
        let (ready, states) = mpsc::channel();
        let (done, ended) = tokio::sync::mpsc::channel(workers);
        let connections = listen::room_for_connections(&limits, workers);
        let sockets = listen::deal(listeners, workers)?;
        let (open, opened) = watch::channel(false);
        let (busy, all_idle) = tokio::sync::mpsc::channel(1);
        let mut all_idle = Some(all_idle);
        let resources = Arc::new(Resources::new(&self.settings, &self.program.name)?);
        let shares = shares(sockets, connections, limits.max_connections_per_ip);
        for (index, ((share, inbox), pulse)) in shares.into_iter().zip(pulses).enumerate() {
            let worker = Worker {
                index,
                program: self.program,
                settings: self.settings.clone(),
                share,
                inbox,
                stop: stop.clone(),
                open: opened.clone(),
                pulse: Arc::clone(pulse),
                resources: Arc::clone(&resources),
                accepting: Some(accepting.clone()),
                busy: Some(busy.clone()),
                all_idle: all_idle.take(),
            };
            worker.spawn(ready.clone(), done.clone())?;
        }
        drop(ready);
        states.iter().collect::<Result<Vec<()>, Error>>()?;
        open.send_replace(true);
        Ok(ended)
    }
}

/// The event loop of the main thread, which waits for signals.
fn event_loop() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// Calls a function where Lua has the room for it that a worker gives.
fn on_its_own_thread<T: Send>(load: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("rover-options".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, load)?;
        let ended = |_| Error::Worker("the thread that reads the options ended".to_owned());
        thread.join().map_err(ended)?
    })
}
