//! A server's process: its start, its CPU time, its memory.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};

use crate::Failure;

/// A program and its arguments.
pub type Invocation = (PathBuf, Vec<OsString>);

const PATIENCE: Duration = Duration::from_secs(10);

/// A server that runs on the first core, until it is dropped.
pub struct Server {
    child: Child,
    /// Where it listens, on the loopback interface.
    pub port: u16,
}

/// Seconds of CPU time.
pub struct Cpu {
    /// In the program.
    pub user: f64,
    /// In the kernel.
    pub system: f64,
}

impl Server {
    /// Starts what `invocation` says for a free port; the time until `request` has its
    /// first answer.
    pub fn start(
        name: &str,
        request: &str,
        invocation: impl FnOnce(u16) -> Result<Invocation, Failure>,
    ) -> Result<(Server, Duration), Failure> {
        Server::start_on("0", name, request, invocation)
    }

    /// The same on these cores (`"0,1"`).
    pub fn start_on(
        cores: &str,
        name: &str,
        request: &str,
        invocation: impl FnOnce(u16) -> Result<Invocation, Failure>,
    ) -> Result<(Server, Duration), Failure> {
        let port = free_port()?;
        let (program, arguments) = invocation(port)?;
        let start = Instant::now();
        let child = Command::new("taskset")
            .args(["-c", cores])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Server { child, port };
        while server.ask(request).is_err() {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("{name} ended at once: {status}").into());
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("{name} does not answer").into());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        Ok((server, start.elapsed()))
    }

    fn connect(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// Asks once, on a connection of its own: status and body.
    pub fn ask(&self, request: &str) -> Result<(u16, Vec<u8>), Failure> {
        converse(&mut self.connect()?, request)
    }

    /// What it and its child processes have used since it started.
    pub fn cpu(&self) -> Result<Cpu, Failure> {
        let mut sum = Cpu {
            user: 0.0,
            system: 0.0,
        };
        for process in [self.child.id()].into_iter().chain(self.children()?) {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
            let (_, fields) = stat
                .rsplit_once(") ")
                .ok_or("/proc/<pid>/stat is strange")?;
            let fields: Vec<&str> = fields.split(' ').collect();
            let hertz = rustix::param::clock_ticks_per_second() as f64;
            let seconds = |at: usize| -> Result<f64, Failure> {
                let ticks: f64 = fields.get(at).ok_or("/proc/<pid>/stat is short")?.parse()?;
                Ok(ticks / hertz)
            };
            sum.user += seconds(11)?;
            sum.system += seconds(12)?;
        }
        Ok(sum)
    }

    /// Those that its first thread has started.
    fn children(&self) -> Result<Vec<u32>, Failure> {
        let own = self.child.id();
        let text = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children"))?;
        let numbers = text.split_whitespace().map(|number| Ok(number.parse()?));
        numbers.collect()
    }

    /// Resident memory in KiB.
    pub fn memory(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("/proc/<pid>/status is strange")?.parse()?)
    }

    /// Kilobytes that each of so many idle connections adds, after it had an answer.
    pub fn idle_connections(&self, count: usize, request: &str) -> Result<f64, Failure> {
        for _ in 0..50 {
            converse(&mut self.connect()?, request)?;
        }
        let before = self.memory()?;
        let mut streams = Vec::with_capacity(count);
        for _ in 0..count {
            let mut stream = self.connect()?;
            converse(&mut stream, request)?;
            streams.push(stream);
        }
        std::thread::sleep(Duration::from_secs(1));
        Ok((self.memory()? - before).max(0.0) * 1.024 / count as f64)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let children = self.children().unwrap_or_default();
        // They may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for child in children {
            let child = i32::try_from(child).ok().and_then(Pid::from_raw);
            let _ = child.map(|child| kill_process(child, Signal::KILL));
        }
    }
}

/// Thousands of connections need as many descriptors on this side; a server that is started
/// after this has them, too.
///
/// # Errors
/// When the system does not allow it.
pub fn raise_descriptor_limit() -> rustix::io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised)
}

fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// One request and its answer, on a connection that stays open: status and body.
pub fn converse(stream: &mut TcpStream, request: &str) -> Result<(u16, Vec<u8>), Failure> {
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    loop {
        let mut piece = [0; 16 * 1024];
        let length = stream.read(&mut piece)?;
        answer.extend_from_slice(&piece[..length]);
        if let Some(parsed) = complete(&answer)? {
            return Ok(parsed);
        }
        if length == 0 {
            return Err("the answer is cut off".into());
        }
    }
}

/// Status and body, where the answer is complete.
fn complete(answer: &[u8]) -> Result<Option<(u16, Vec<u8>)>, Failure> {
    let mut space = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut space);
    let httparse::Status::Complete(head) = response.parse(answer)? else {
        return Ok(None);
    };
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .ok_or("the answer has no Content-Length")?;
    let length: usize = std::str::from_utf8(length.value)?.parse()?;
    let body = &answer[head..];
    let status = response.code.unwrap_or_default();
    Ok((body.len() >= length).then(|| (status, body.to_vec())))
}

/// Runs a command to its end.
///
/// # Errors
/// When it fails: the last line that it says.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().last().unwrap_or_default();
    Err(format!("{:?}: {last}", command.get_program()).into())
}
