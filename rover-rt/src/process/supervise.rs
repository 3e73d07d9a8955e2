//! `--supervise`: a parent process that keeps the listening sockets and runs the server as
//! its child, so that there is always somebody to connect to.
//!
//! Parent and child share a pair of sockets, which is the child's standard input. By a byte
//! the child tells that it serves, followed by the length of its heartbeat; then it gives signs
//! of life. By the pair's end each hears that the other one is gone.

use std::cell::Cell;
use std::ffi::OsString;
use std::future;
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::pin::Pin;
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
use tokio::time::{Interval, MissedTickBehavior};

use crate::error::Error;
use crate::log::Log;
use crate::process::inherit::notify;
use crate::time::pulse::{LOOKS, Watch};

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

/// What a child says: that it serves, for which eight bytes follow with the milliseconds of its
/// heartbeat ...
const READY: u8 = b'1';
/// ... that it lives ...
const ALIVE: u8 = b'+';
/// ... and that one of its workers does not.
const STILL: u8 = b'!';

/// Whether this process is a supervisor's child.
pub(crate) fn is_supervised() -> bool {
    std::env::var_os(SUPERVISED).is_some()
}

/// A child's end of the pair.
pub(crate) struct Parent {
    /// For the end.
    watched: UnixStream,
    /// For what is told, which needs no event loop.
    told: StdUnixStream,
    ready: Cell<bool>,
}

impl Parent {
    pub(crate) fn find() -> Result<Option<Self>, Error> {
        if !is_supervised() {
            return Ok(None);
        }
        let pair = io::stdin().as_fd().try_clone_to_owned()?;
        let told = StdUnixStream::from(pair.try_clone()?);
        let watched = stream(pair)?;
        Ok(Some(Parent {
            watched,
            told,
            ready: Cell::new(false),
        }))
    }

    /// Tells that this process serves.
    pub(crate) fn tell_ready(&self, heartbeat: Duration) {
        let millis = heartbeat.as_millis() as u64;
        self.tell(&[&[READY][..], &millis.to_be_bytes()].concat());
        self.ready.set(true);
    }

    fn tell(&self, what: &[u8]) {
        // There is room, unless the parent itself stands still; where it is gone, `gone` hears
        // of it.
        let _ = (&self.told).write_all(what);
    }

    /// Gives the signs of life that a heartbeat wants, without an end. They are the workers': a
    /// process of which this thread alone went on would be none that serves. Workers that are
    /// told to stop end, each in its time.
    pub(crate) async fn tell_signs(
        &self,
        heartbeat: Duration,
        mut workers: Watch,
        stopping: &Cell<bool>,
        log: &Log,
    ) {
        if heartbeat.is_zero() {
            return;
        }
        let mut looks = looks(heartbeat);
        let mut told = None;
        loop {
            looks.tick().await;
            let still = match self.ready.get() && !stopping.get() {
                true => workers.look(),
                false => None,
            };
            match still {
                None if self.ready.get() => self.tell(&[ALIVE]),
                None => {}
                Some(worker) => {
                    if told.replace(worker) != Some(worker) {
                        let message = format!("worker {worker} stands still, for {heartbeat:?}");
                        log.line(LogLevel::Error, &message, None);
                    }
                    self.tell(&[STILL]);
                }
            }
        }
    }

    /// Waits for the parent's end.
    pub(crate) async fn gone(&self) {
        loop {
            if self.watched.readable().await.is_err() {
                return;
            }
            match self.watched.try_read(&mut [0]) {
                Ok(0) => return,
                Err(error) if !passes(&error) => return,
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

/// Whether a call that failed so is to be made again.
fn passes(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, WouldBlock};
    matches!(error.kind(), Interrupted | WouldBlock)
}

/// The times at which life is looked for: after a time in which this process did not run, the
/// next look is as far away as ever.
fn looks(heartbeat: Duration) -> Interval {
    let mut looks = tokio::time::interval(heartbeat / LOOKS);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
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
    /// Completes where it stands still. It holds our end of the pair, which stays open for as
    /// long as the child serves.
    hang: Pin<Box<dyn Future<Output = Hang>>>,
}

/// How a child stands still.
enum Hang {
    /// The process as a whole, for so long.
    Process(Duration),
    /// Some worker.
    Worker,
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
                status = ended(&mut serving.child) => {
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
                hang = &mut serving.hang => {
                    if serving.since.elapsed() >= LIVED {
                        pause = FIRST_PAUSE;
                    }
                    tokio::select! {
                        () = self.relieve(&mut serving, hang, &mut pause, &mut draining) => {}
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
        let outcome = tokio::select! {
            // It ends where the child does.
            said = hear(&mut pair) => said.is_some(),
            () = tokio::time::sleep(START) => return Err("it did not serve in time".to_owned()),
        };
        if !outcome {
            let status = ended(&mut child).await;
            return Err(format!("it did not start ({})", told(status)));
        }
        Ok(Serving {
            child,
            since: Instant::now(),
            hang: Box::pin(hangs(pair)),
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

    /// Another child takes the place of one that stands still. Where it is a worker that does,
    /// the others finish what they have begun.
    async fn relieve(
        &self,
        serving: &mut Serving,
        hang: Hang,
        pause: &mut Duration,
        draining: &mut JoinSet<()>,
    ) {
        match hang {
            Hang::Process(time) => self.warn(&format!(
                "the server gave no sign of life for {time:?}: killing it and starting another"
            )),
            Hang::Worker => {
                self.warn("a worker of the server stands still: replacing the server");
                match self.start().await {
                    Ok(new) => {
                        let old = std::mem::replace(serving, new);
                        // The worker will not end by itself.
                        let time = self.drain.unwrap_or_default() + PATIENCE;
                        draining.spawn(drained_child(old.child, Some(time)));
                        return;
                    }
                    Err(reason) => self.warn(&format!("the new server: {reason}")),
                }
            }
        }
        // It is waited for, or by its end killed as it is dropped.
        let _ = serving.child.start_kill();
        let _ = ended(&mut serving.child).await;
        *serving = self.start_again(pause).await;
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
            let status = ended(&mut child).await;
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

/// A byte of what a child says; nothing at its end.
async fn hear(pair: &mut UnixStream) -> Option<u8> {
    let mut byte = [0];
    loop {
        match pair.read(&mut byte).await {
            Ok(read) => return (read > 0).then_some(byte[0]),
            Err(error) if passes(&error) => {}
            Err(_) => return None,
        }
    }
}

/// Listens to a child's signs of life; completes where none came for as long as it promised
/// them. Not by the clock: a machine that was stopped as a whole finds one look at its time
/// missed, however long that was.
async fn hangs(mut pair: UnixStream) -> Hang {
    let heartbeat = promised(&mut pair).await;
    if heartbeat.is_zero() {
        // The pair stays open.
        while hear(&mut pair).await.is_some() {}
        return future::pending().await;
    }
    let mut looks = looks(heartbeat);
    let mut silent = 0;
    loop {
        tokio::select! {
            biased;
            said = hear(&mut pair) => match said {
                Some(STILL) => return Hang::Worker,
                Some(_) => silent = 0,
                // It is waited for elsewhere.
                None => return future::pending().await,
            },
            _ = looks.tick() => {
                silent += 1;
                if silent > LOOKS {
                    return Hang::Process(heartbeat);
                }
            }
        }
    }
}

/// How often a child gives signs of life; zero where it gives none.
async fn promised(pair: &mut UnixStream) -> Duration {
    let mut millis = 0;
    for _ in 0..8 {
        match hear(pair).await {
            Some(byte) => millis = millis << 8 | u64::from(byte),
            None => return Duration::ZERO,
        }
    }
    Duration::from_millis(millis)
}

/// Waits for a child's end, however often a signal interrupts that.
async fn ended(child: &mut Child) -> io::Result<ExitStatus> {
    loop {
        match child.wait().await {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            ended => return ended,
        }
    }
}

async fn drained_child(mut child: Child, time: Option<Duration>) {
    terminate(&child);
    let time = time.unwrap_or(Duration::MAX);
    if tokio::time::timeout(time, ended(&mut child)).await.is_err() {
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
