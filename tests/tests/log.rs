//! A log that nobody reads: the server goes on, ends when it is told to, and says later what it
//! could not say.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rover_tests::client::status;
use rover_tests::{listening, signal};

const PATIENCE: Duration = Duration::from_secs(60);

/// A program whose log is read until it listens, and then no more.
struct Unread {
    child: Child,
    address: SocketAddr,
    log: BufReader<ChildStderr>,
}

impl Unread {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_program"))
            .args(["--port", "0", "--workers", "2", "--log-level", "info"])
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("piped"));
        let address = listening(&mut log);
        Unread {
            child,
            address,
            log,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the server accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Requests with a line of some 1,000 bytes each, more than the pipe and the server keep;
    /// all are answered.
    fn fill(&self) -> usize {
        const REQUESTS: usize = 3000;
        let path = format!("/{}", "x".repeat(1000));
        let mut stream = self.connect();
        for _ in 0..REQUESTS {
            let head = format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n");
            stream.write_all(head.as_bytes()).expect("sent");
            assert_eq!(status(&mut stream), 404);
        }
        REQUESTS
    }

    fn ask(&self, path: &str) -> u16 {
        let mut stream = self.connect();
        let head = format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("sent");
        status(&mut stream)
    }

    fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a state") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        // A test that fails leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number in the line that tells of lines which were dropped.
fn dropped(line: &str) -> Option<usize> {
    let one = line.split_once(" log line was dropped");
    let (before, _) = one.or_else(|| line.split_once(" log lines were dropped"))?;
    before.rsplit(' ').next()?.parse().ok()
}

#[test]
fn a_log_that_nobody_reads_stops_nobody() {
    let mut program = Unread::start(&[]);
    let requests = program.fill();
    assert_eq!(program.ask("/hello"), 200);
    assert_eq!(program.ask("/healthz"), 200);
    // Somebody reads again.
    let (mut line, mut lines, mut told) = (String::new(), 0, None);
    while told.is_none() {
        line.clear();
        let read = program.log.read_line(&mut line).expect("a log of text");
        assert!(read > 0, "it ended");
        lines += usize::from(line.contains("GET /"));
        told = dropped(&line);
    }
    let mut dropped_in_all = told.unwrap_or_default();
    assert!(dropped_in_all > 0);
    signal(program.child.id(), "TERM");
    let mut rest = String::new();
    program
        .log
        .read_to_string(&mut rest)
        .expect("a log of text");
    assert!(program.end().success());
    lines += rest.matches("GET /").count();
    dropped_in_all += rest.lines().filter_map(dropped).sum::<usize>();
    // The two others have lines, too.
    assert_eq!(lines + dropped_in_all, requests + 2);
}

#[test]
fn it_ends_when_it_is_told_to() {
    let mut program = Unread::start(&[]);
    program.fill();
    signal(program.child.id(), "TERM");
    assert_eq!(program.end().code(), Some(0));
}

#[test]
fn so_it_does_at_once_when_it_is_told_twice() {
    for supervised in [&[][..], &["--supervise"]] {
        let mut program = Unread::start(supervised);
        program.fill();
        // A body that does not come would be waited for.
        let mut stream = program.connect();
        let head = b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 20005\r\n\r\n";
        stream.write_all(head).expect("sent");
        stream.write_all(&[b'x'; 20_000]).expect("sent");
        std::thread::sleep(Duration::from_millis(300));
        let start = Instant::now();
        let status = loop {
            signal(program.child.id(), "TERM");
            std::thread::sleep(Duration::from_millis(300));
            if let Some(status) = program.child.try_wait().expect("a state") {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{supervised:?}");
        };
        assert_eq!(status.code(), Some(1), "{supervised:?}");
    }
}

#[test]
fn the_last_lines_are_written() {
    let program = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_program"));
        program.args(["--port", "0"]).args(arguments);
        program
    };
    let mut started = rover_tests::Process::start(program(&[]).arg("--log-level=info"));
    for _ in 0..500 {
        assert_eq!(started.get("/hello").expect("an answer").status, 200);
    }
    assert!(started.runs());
    let (code, log) = started.stop();
    assert_eq!(code, Some(0));
    assert_eq!(log.matches("GET /hello 200").count(), 500);
    let failed = program(&["--host", "no such host"]).output();
    let text = String::from_utf8_lossy(&failed.expect("an end").stderr).into_owned();
    assert!(
        text.ends_with("\n") && text.contains("no such host"),
        "{text}"
    );
}
