//! The server under siege, a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::Failure;

const WORKERS: usize = 2;

pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    workers: usize,
}

impl Server {
    pub(crate) fn start() -> Result<Self, Failure> {
        Self::spawn(&mut Command::new(program()?))
    }

    pub(crate) fn supervised() -> Result<Self, Failure> {
        Self::spawn(Command::new(program()?).arg("--supervise"))
    }

    pub(crate) fn with_descriptors(count: u32) -> Result<Self, Failure> {
        let mut shell = Command::new("sh");
        let limit = format!("ulimit -n {count}; exec \"$0\" \"$@\"");
        Self::spawn(shell.args(["-c", &limit]).arg(program()?))
    }

    /// With one worker, which has a core for itself.
    pub(crate) fn on_first_core() -> Result<Self, Failure> {
        let mut pinned = Command::new("taskset");
        Self::spawn_with(pinned.args(["-c", "0"]).arg(program()?), 1)
    }

    fn spawn(command: &mut Command) -> Result<Self, Failure> {
        Self::spawn_with(command, WORKERS)
    }

    fn spawn_with(command: &mut Command, workers: usize) -> Result<Self, Failure> {
        let mut child = command
            .args(["--port", "0", "--log-level", "info"])
            .args(["--workers", &workers.to_string()])
            .stderr(Stdio::piped())
            .spawn()?;
        let mut log = BufReader::new(child.stderr.take().ok_or("stderr is piped")?);
        let mut line = String::new();
        log.read_line(&mut line)?;
        let address = line.trim_end().rsplit_once("http://");
        let address = address.and_then(|(_, address)| address.parse().ok());
        // Of a log that nobody reads lines are lost.
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if !line.contains(" info ") && std::env::var_os("SIEGE_LOG").is_some() {
                    eprintln!("{line}");
                }
            }
        });
        Ok(Server {
            child,
            workers,
            address: address.ok_or_else(|| format!("the server says: {line}"))?,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn workers(&self) -> usize {
        self.workers
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Failure> {
        let id = Pid::from_raw(self.child.id() as i32).ok_or("the child has an id")?;
        Ok(kill_process(id, signal)?)
    }

    /// Seconds of a processor that it has had (proc(5): `stat`, fields 14 and 15).
    pub(crate) fn cpu(&self) -> Result<f64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').ok_or("stat has a name")?.1;
        let times = after_name.split_whitespace().skip(11).take(2);
        let ticks: Result<Vec<u64>, _> = times.map(str::parse).collect();
        let per_second = rustix::param::clock_ticks_per_second();
        Ok(ticks?.iter().sum::<u64>() as f64 / per_second as f64)
    }

    /// Resident memory, in kB (proc(5): `status`).
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(number.ok_or("status has the resident memory")?.parse()?)
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> Result<usize, Failure> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// Whether it is still the process that was started.
    pub(crate) fn lives(&mut self) -> Result<bool, Failure> {
        Ok(self.child.try_wait()?.is_none())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A supervisor ends its child when it is asked to, not when it is killed.
        if self.signal(Signal::TERM).is_ok() && self.signal(Signal::TERM).is_ok() {
            let _ = self.child.wait();
        }
    }
}

fn program() -> Result<std::path::PathBuf, Failure> {
    let program = std::env::current_exe()?.with_file_name("besieged");
    match program.exists() {
        true => Ok(program),
        false => Err("cargo build --release -p rover-benches --bins comes first".into()),
    }
}
