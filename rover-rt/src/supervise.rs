//! `--supervise`: a parent process that keeps the listening sockets and runs the server as
//! its child, so that there is always somebody to connect to.
//!
//! Parent and child share a pair of sockets, which is the child's standard input: by a byte
//! the child tells that it serves, and by its end that the other one is gone.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rover_model::LogLevel;
use rustix::io::FdFlags;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::error::Error;
use crate::inherit::notify;
use crate::log::Log;

/// Tells a child what its standard input is.
const SUPERVISED: &str = "ROVER_SUPERVISED";
/// Sockets are passed from this number on, above what a process opens as it starts.
const FIRST_SOCKET: i32 = 64;
/// A child that does not serve after this time is not waited for.
const START: Duration = Duration::from_secs(60);
/// The pause after a child that died, which doubles ...
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// ... up to this ...
const LAST_PAUSE: Duration = Duration::from_secs(30);
/// ... until one has lived for so long.
const LIVED: Duration = Duration::from_secs(10);
/// What a child has beyond its own time to drain.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether this process is a supervisor's child.
pub(crate) fn is_supervised() -> bool {
    std::env::var_os(SUPERVISED).is_some()
}

/// A child's end of the pair.
pub(crate) struct Parent {
    /// For the end.
    watched: UnixStream,
    /// For the one byte, which needs no event loop.
    told: StdUnixStream,
}

impl Parent {
    pub(crate) fn find() -> Result<Option<Self>, Error> {
        if !is_supervised() {
            return Ok(None);
        }
        let pair = io::stdin().as_fd().try_clone_to_owned()?;
        let told = StdUnixStream::from(pair.try_clone()?);
        let watched = stream(pair)?;
        Ok(Some(Parent { watched, told }))
    }

    /// Tells that this process serves.
    pub(crate) fn tell_ready(&self) {
        // There is room for a byte; a parent that is gone is heard of by `gone`.
        let _ = (&self.told).write(b"1");
    }

    /// Waits for the parent's end.
    pub(crate) async fn gone(&self) {
        loop {
            if self.watched.readable().await.is_err() {
                return;
            }
            match self.watched.try_read(&mut [0]) {
                Ok(0) => return,
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
                _ => {}
            }
        }
    }
}

fn stream(socket: OwnedFd) -> io::Result<UnixStream> {
    let stream = StdUnixStream::from(socket);
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// The parent.
pub(crate) struct Supervisor {
    program: PathBuf,
    arguments: Vec<OsString>,
    /// They have numbers from `FIRST_SOCKET` on, and children inherit them.
    sockets: Vec<OwnedFd>,
    drain: Option<Duration>,
    log: Log,
}

/// A child that serves.
struct Serving {
    child: Child,
    since: Instant,
}

impl Supervisor {
    pub(crate) fn new(
        listeners: Vec<TcpListener>,
        drain: Option<Duration>,
        log: Log,
    ) -> Result<Self, Error> {
        let mut sockets = Vec::new();
        for (index, listener) in listeners.into_iter().enumerate() {
            let number = FIRST_SOCKET + index as i32;
            let socket =
                rustix::io::fcntl_dupfd_cloexec(&listener, number).map_err(io::Error::from)?;
            if socket.as_raw_fd() != number {
                let reason = format!("descriptor {number} is in use");
                return Err(Error::Inherited(reason));
            }
            rustix::io::fcntl_setfd(&socket, FdFlags::empty()).map_err(io::Error::from)?;
            sockets.push(socket);
        }
        Ok(Supervisor {
            // By name, so that a new version of the program is found where the old one was.
            program: std::env::current_exe()?,
            arguments: std::env::args_os().skip(1).collect(),
            sockets,
            drain,
            log,
        })
    }

    /// Keeps a child running until it is told to stop. A first child that does not come up
    /// is an error: there is nothing to fall back to.
    pub(crate) async fn run(self) -> Result<(), Error> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let mut replace = signal(SignalKind::user_defined2())?;
        let mut serving = tokio::select! {
            started = self.start() => started.map_err(Error::Worker)?,
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        };
        self.tell("READY=1");
        let mut pause = FIRST_PAUSE;
        let mut draining = JoinSet::new();
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => self.replace(&mut serving, &mut draining).await,
                _ = replace.recv() => self.replace(&mut serving, &mut draining).await,
                Some(_) = draining.join_next() => {}
                status = serving.child.wait() => {
                    if serving.since.elapsed() >= LIVED {
                        pause = FIRST_PAUSE;
                    }
                    self.warn(&format!("the server died ({}): starting it again", told(status)));
                    tokio::select! {
                        again = self.start_again(&mut pause) => serving = again,
                        _ = terminate.recv() => return Ok(()),
                        _ = interrupt.recv() => return Ok(()),
                    }
                }
            }
        }
        self.tell("STOPPING=1");
        let again = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        self.stop(serving.child, draining, again).await
    }

    /// Starts a child and waits until it serves.
    async fn start(&self) -> Result<Serving, String> {
        let (ours, theirs) = StdUnixStream::pair().map_err(|e| e.to_string())?;
        let mut command = std::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .env(SUPERVISED, "1")
            .env("LISTEN_FDS", self.sockets.len().to_string())
            .env("LISTEN_FDS_FIRST_FD", FIRST_SOCKET.to_string())
            .env_remove("LISTEN_PID")
            .env_remove("LISTEN_FDNAMES")
            .env_remove("NOTIFY_SOCKET")
            // A key that stops the parent does not reach the child twice.
            .process_group(0);
        let mut child = Command::from(command)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("{}: {e}", self.program.display()))?;
        let mut pair = stream(ours.into()).map_err(|e| e.to_string())?;
        let mut byte = [0];
        let outcome = tokio::select! {
            // It ends where the child does.
            read = pair.read(&mut byte) => read.is_ok_and(|read| read > 0),
            () = tokio::time::sleep(START) => return Err("it did not serve in time".to_owned()),
        };
        if !outcome {
            let status = child.wait().await;
            return Err(format!("it did not start ({})", told(status)));
        }
        // The pair stays open for as long as this process lives.
        tokio::spawn(async move { while pair.read(&mut byte).await.is_ok_and(|read| read > 0) {} });
        Ok(Serving {
            child,
            since: Instant::now(),
        })
    }

    /// Starts a child in place of one that died, however often that takes.
    async fn start_again(&self, pause: &mut Duration) -> Serving {
        loop {
            tokio::time::sleep(*pause).await;
            *pause = (*pause * 2).min(LAST_PAUSE);
            match self.start().await {
                Ok(serving) => return serving,
                Err(reason) => self.warn(&format!("the server: {reason}")),
            }
        }
    }

    /// A new child takes over from the old one, which finishes what it has begun. Where the
    /// new one does not come up, the old one stays.
    async fn replace(&self, serving: &mut Serving, draining: &mut JoinSet<()>) {
        self.tell("RELOADING=1");
        match self.start().await {
            Ok(new) => {
                let old = std::mem::replace(serving, new);
                let drained = self.drain.map(|drain| drain + PATIENCE);
                draining.spawn(drained_child(old.child, drained));
            }
            Err(reason) => self.warn(&format!("the old server stays: the new one: {reason}")),
        }
        self.tell("READY=1");
    }

    /// Lets the children finish; another signal cuts that short.
    async fn stop(
        &self,
        mut child: Child,
        mut draining: JoinSet<()>,
        again: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        terminate(&child);
        let time = self.drain.map_or(Duration::MAX, |drain| drain + PATIENCE);
        let finished = async {
            let status = child.wait().await;
            while draining.join_next().await.is_some() {}
            status
        };
        tokio::select! {
            status = finished => match status?.success() {
                true => Ok(()),
                false => Err(Error::Cut),
            },
            // What still runs is killed as it is dropped.
            () = again => Err(Error::Cut),
            () = tokio::time::sleep(time) => Err(Error::Cut),
        }
    }

    fn tell(&self, state: &str) {
        if let Err(error) = notify(state) {
            self.warn(&format!("the service manager does not hear: {error}"));
        }
    }

    fn warn(&self, message: &str) {
        self.log.line(LogLevel::Warn, message, None);
    }
}

async fn drained_child(mut child: Child, time: Option<Duration>) {
    terminate(&child);
    let time = time.unwrap_or(Duration::MAX);
    if tokio::time::timeout(time, child.wait()).await.is_err() {
        // It had its time, and more.
        let _ = child.kill().await;
    }
}

fn terminate(child: &Child) {
    let id = child.id().and_then(|id| Pid::from_raw(id as i32));
    if let Some(id) = id {
        // A child that has ended needs no signal.
        let _ = kill_process(id, Signal::TERM);
    }
}

fn told(status: io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
