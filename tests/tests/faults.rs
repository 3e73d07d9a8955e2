//! Errors of the system, injected by strace: the server goes on serving, and does not spin.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rover_tests::Response;

const PATIENCE: Duration = Duration::from_secs(60);

/// A server whose system calls fail.
struct Faulty {
    /// strace, which ends with the server.
    tracer: Child,
    server: u32,
    address: SocketAddr,
    log: std::thread::JoinHandle<String>,
}

impl Faulty {
    /// Nothing where strace is not there, or may not trace.
    fn start(injections: &[&str]) -> Option<Self> {
        let works = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "true"])
            .stderr(Stdio::null())
            .status();
        if !works.is_ok_and(|status| status.success()) {
            eprintln!("left out: strace is not there, or may not trace");
            return None;
        }
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null"]);
        for injection in injections {
            command.args(["-e", &format!("inject={injection}")]);
        }
        let mut tracer = command
            .arg(env!("CARGO_BIN_EXE_program"))
            .args(["--port", "0", "--workers", "2"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace starts");
        let mut log = BufReader::new(tracer.stderr.take().expect("piped"));
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            let read = log.read_line(&mut line).expect("a log of text");
            assert!(read > 0, "the server does not start");
        }
        let (_, address) = line.trim_end().rsplit_once("http://").expect("it is there");
        Some(Faulty {
            server: child_of(tracer.id()),
            address: address.parse().expect("an address"),
            tracer,
            log: std::thread::spawn(move || {
                let mut rest = String::new();
                log.read_to_string(&mut rest).expect("a log of text");
                rest
            }),
        })
    }

    /// Asks until there are so many answers; how many requests failed meanwhile.
    fn answers(&self, wanted: usize) -> usize {
        let start = Instant::now();
        let (mut answered, mut failed) = (0, 0);
        while answered < wanted {
            match self.ask() {
                Ok(answer) => {
                    assert_eq!((answer.status, answer.text().as_str()), (200, "hello"));
                    answered += 1;
                }
                Err(_) => failed += 1,
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{answered} answers, {failed} failures"
            );
        }
        failed
    }

    fn ask(&self) -> std::io::Result<Response> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let body =
            "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 5\r\n\r\n";
        stream.write_all(body.as_bytes())?;
        stream.write_all(b"hello")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        match answer.ends_with(b"hello") {
            true => Ok(Response::parse(&answer)),
            // It was cut off, which an injected error may do to a connection.
            false => Err(std::io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Stops the server, which ends as if nothing had happened; its log.
    fn end(mut self) -> String {
        // A worker's event loop may meet the injected error where it hears of the signal,
        // which is lost then: it is sent again.
        let mut sent_before = 0;
        let status = 'ended: loop {
            assert!(sent_before < 10, "the server does not stop");
            sent_before += 1;
            let sent = Command::new("kill")
                .args(["-s", "TERM", &self.server.to_string()])
                .status();
            assert!(sent.expect("kill runs").success());
            for _ in 0..30 {
                if let Some(status) = self.tracer.try_wait().expect("a state") {
                    break 'ended status;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        };
        let log = self.log.join().expect("a log");
        assert!(status.success(), "{log}");
        log
    }
}

fn child_of(tracer: u32) -> u32 {
    let output = Command::new("ps")
        .args(["-o", "pid=", "--ppid", &tracer.to_string()])
        .output()
        .expect("ps runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim().parse().expect("one child")
}

#[test]
fn accepting_fails() {
    for error in [
        "EMFILE",
        "ENFILE",
        "ENOBUFS",
        "ENOMEM",
        "ECONNABORTED",
        "EPERM",
        "EINTR",
    ] {
        let injection = format!("accept4:error={error}:when=2+2");
        let Some(server) = Faulty::start(&[&injection]) else {
            return;
        };
        // The connection stays in the queue for the next call.
        assert_eq!(server.answers(20), 0, "{error}");
        server.end();
    }
}

#[test]
fn accepting_fails_for_a_while_and_does_not_spin() {
    let Some(server) = Faulty::start(&["accept4:error=EMFILE:when=1..40"]) else {
        return;
    };
    assert_eq!(server.answers(5), 0);
    let log = server.end();
    assert!(log.contains("accept: "), "{log}");
    let lines = log.lines().filter(|line| line.contains("accept: ")).count();
    assert!(lines <= 10, "{log}");
}

#[test]
fn reading_and_writing_fail() {
    // Counted in each thread; the first calls of the main thread's are for signals.
    for injection in [
        "recvfrom:error=EINTR:when=6+3",
        "recvfrom:error=ECONNRESET:when=6+3",
        "recvfrom:error=EIO:when=6+3",
        "recvfrom:retval=0:when=6+4",
        "sendto:error=EINTR:when=2+3",
        "sendto:error=EPIPE:when=2+3",
        "sendto:error=ENOBUFS:when=2+3",
        "setsockopt:error=EINVAL:when=9+2",
        "shutdown:error=ENOTCONN:when=1+2",
    ] {
        let Some(server) = Faulty::start(&[injection]) else {
            return;
        };
        server.answers(10);
        server.end();
    }
}

#[test]
fn waiting_fails() {
    // Interrupted, again and again.
    let Some(server) = Faulty::start(&["epoll_wait:error=EINTR:when=20+2"]) else {
        return;
    };
    assert_eq!(server.answers(10), 0);
    server.end();
}

#[test]
fn an_event_loop_that_fails_starts_again() {
    // The count is each thread's own.
    let Some(server) = Faulty::start(&["epoll_wait:error=EIO:when=60"]) else {
        return;
    };
    std::thread::sleep(Duration::from_secs(5));
    server.answers(10);
    let log = server.end();
    assert!(
        log.contains("failed: unexpected error when polling"),
        "{log}"
    );
}

/// It is for whoever supervises the process to start it again.
#[test]
fn an_event_loop_that_always_fails_ends_the_process() {
    let Some(mut server) = Faulty::start(&["epoll_wait:error=EIO:when=60+"]) else {
        return;
    };
    let start = Instant::now();
    let status = loop {
        if let Some(status) = server.tracer.try_wait().expect("a state") {
            break status;
        }
        assert!(start.elapsed() < PATIENCE, "it does not end");
        std::thread::sleep(Duration::from_millis(100));
    };
    let log = server.log.join().expect("a log");
    assert!(!status.success(), "{log}");
    // The process ends with the first worker that is given up, after its fifth failure; the
    // other one may have come as far.
    let failures = [0, 1].map(|worker| {
        let line = format!(" error worker {worker} failed: unexpected error when polling");
        log.matches(&line).count()
    });
    assert_eq!(failures.iter().max(), Some(&5), "{log}");
}
