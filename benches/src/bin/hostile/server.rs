//! The server, a process of its own, and connections to it.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use memchr::memmem;
use rover_benches::Failure;
use rover_benches::process::converse;

const PATIENCE: Duration = Duration::from_secs(30);
/// The end of a line in the log.
const REPLACED: &[u8] = b"it is replaced";
/// Errors of these programs are shown.
const UNEXPECTED: [&[u8]; 2] = [b" GET /fine/", b" GET /good"];

pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    replaced: Arc<AtomicU64>,
}

impl Server {
    pub(crate) fn start(workers: usize) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        drop(listener);
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--serve", &address.port().to_string()])
            .args(["--workers", &workers.to_string()])
            .stderr(Stdio::piped())
            .spawn()?;
        let log = BufReader::new(child.stderr.take().ok_or("stderr is piped")?);
        let replaced = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&replaced);
        // A log that nobody reads stops the server. Error messages are any bytes.
        std::thread::spawn(move || {
            for line in log.split(b'\n').map_while(Result::ok) {
                if memmem::find(&line, REPLACED).is_some() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                if UNEXPECTED
                    .iter()
                    .any(|path| memmem::find(&line, path).is_some())
                {
                    eprintln!("{}", String::from_utf8_lossy(&line));
                }
            }
        });
        let patience = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if Instant::now() > patience || child.try_wait()?.is_some() {
                return Err("the server does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Server {
            child,
            address,
            replaced,
        })
    }

    pub(crate) fn connect(&self) -> Result<Client, Failure> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Client(stream))
    }

    /// How many VMs were given up because their memory stayed full.
    pub(crate) fn replaced(&self) -> u64 {
        self.replaced.load(Ordering::Relaxed)
    }

    pub(crate) fn lives(&mut self) -> Result<bool, Failure> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Seconds of CPU time that its threads have had, to the nanosecond (Linux's
    /// `Documentation/scheduler/sched-stats.rst`).
    pub(crate) fn cpu(&self) -> Result<f64, Failure> {
        let mut nanoseconds = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let stat = std::fs::read_to_string(task?.path().join("schedstat"))?;
            let on_cpu = stat.split(' ').next().ok_or("schedstat is empty")?;
            nanoseconds += on_cpu.parse::<u64>()?;
        }
        Ok(nanoseconds as f64 / 1e9)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that stays open.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) fn get(&mut self, path: &str) -> Result<(u16, Vec<u8>), Failure> {
        converse(
            &mut self.0,
            &format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n"),
        )
    }
}
