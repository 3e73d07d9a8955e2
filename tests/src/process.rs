use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use crate::Response;

/// Reads a program's log until it says where it listens.
///
/// # Panics
/// When it ends before.
pub fn listening(log: &mut impl BufRead) -> SocketAddr {
    let mut said = String::new();
    loop {
        let start = said.len();
        let read = log.read_line(&mut said).expect("a log of text");
        assert!(read > 0, "the program does not listen: {said}");
        let address = said[start..].trim_end().rsplit_once("http://");
        if let Some(address) = address.and_then(|(_, address)| address.parse().ok()) {
            return address;
        }
    }
}

/// A program in a process of its own.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
    /// Reads what is logged, which fills a pipe where nobody does.
    log: Option<JoinHandle<String>>,
}

impl Process {
    /// Starts it and waits for the line that says where it listens.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(command: &mut Command) -> Self {
        let command = command.stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("piped"));
        Process {
            child,
            address: listening(&mut log),
            log: Some(std::thread::spawn(move || {
                let mut rest = String::new();
                log.read_to_string(&mut rest).expect("a log of text");
                rest
            })),
        }
    }

    /// A connection to it.
    ///
    /// # Panics
    /// When it does not accept one.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the server accepts");
        stream
            .set_read_timeout(Some(crate::PATIENCE))
            .expect("a timeout");
        stream
    }

    /// A request on a connection of its own; nothing where that ends without an answer.
    ///
    /// # Panics
    /// When the answer is not HTTP.
    pub fn get(&self, path: &str) -> Option<Response> {
        let mut stream = self.connect();
        let request = format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
        let mut answer = Vec::new();
        let sent = stream.write_all(request.as_bytes());
        sent.and_then(|()| stream.read_to_end(&mut answer)).ok()?;
        (!answer.is_empty()).then(|| Response::parse(&answer))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, by its name without `SIG`.
    ///
    /// # Panics
    /// When that cannot be done.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Whether it has not ended.
    ///
    /// # Panics
    /// When the system does not tell.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a state").is_none()
    }

    /// Waits for its end; the exit code, and its log after the line that says where it listens.
    ///
    /// # Panics
    /// When there is no end, or the log is no text.
    pub fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().expect("an end").code();
        let log = self.log.take().map(|log| log.join().expect("a log"));
        (code, log.unwrap_or_default())
    }

    /// Stops it, and waits for its end.
    ///
    /// # Panics
    /// When it cannot be signalled.
    pub fn stop(self) -> (Option<i32>, String) {
        self.signal("TERM");
        self.end()
    }
}

/// Sends a signal to a process, by its name without `SIG`.
///
/// # Panics
/// When that cannot be done.
pub fn signal(process: u32, name: &str) {
    let process = process.to_string();
    let sent = Command::new("kill").args(["-s", name, &process]).status();
    assert!(sent.expect("kill runs").success());
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that fails leaves no process behind; it has ended where it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
