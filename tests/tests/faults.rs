//! Errors of the system, injected by strace: the server goes on serving, and does not spin.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use rover_tests::client::ask_for;
use rover_tests::{Process, Response, listening, signal};

/// What is waited for comes, however slow the machine and strace are.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(100);
const WORKERS: u64 = 2;

/// A server whose system calls fail.
struct Faulty {
    /// strace, which ends with the server.
    tracer: Child,
    server: u32,
    address: SocketAddr,
    start: Instant,
    log: Log,
}

/// What the server has written so far, and the thread that reads it.
struct Log {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Log {
    fn read(mut from: impl BufRead + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut line = String::new();
            while from.read_line(&mut line).expect("a log of text") > 0 {
                let mut all = written.lock().unwrap_or_else(PoisonError::into_inner);
                all.push_str(&line);
                line.clear();
            }
        });
        Log {
            text,
            reader: Some(reader),
        }
    }

    fn so_far(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone()
    }

    /// All of it, when the server has ended.
    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a log");
        }
        self.so_far()
    }
}

impl Faulty {
    /// Nothing where strace is not there, may not trace, or is too old for the injection.
    fn start(injection: &str) -> Option<Self> {
        let strace = || {
            let mut strace = Command::new("strace");
            strace.args(["-f", "-qq", "-o", "/dev/null"]);
            strace.args(["-e", &format!("inject={injection}")]);
            strace
        };
        let works = strace().arg("true").stderr(Stdio::null()).status();
        if !works.is_ok_and(|status| status.success()) {
            eprintln!("left out: strace is not there, or may not inject {injection}");
            return None;
        }
        let start = Instant::now();
        let mut tracer = strace()
            .arg(env!("CARGO_BIN_EXE_program"))
            .args(["--port", "0", "--workers", "2"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace starts");
        let mut log = BufReader::new(tracer.stderr.take().expect("piped"));
        let address = listening(&mut log);
        Some(Faulty {
            server: child_of(tracer.id()),
            address,
            tracer,
            start,
            log: Log::read(log),
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
        stream.set_read_timeout(Some(rover_tests::PATIENCE))?;
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

    /// Waits until the log says something.
    fn wait_for(&self, what: &str, says: impl Fn(&str) -> bool) {
        let start = Instant::now();
        loop {
            let log = self.log.so_far();
            if says(&log) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "no {what} in {log}");
            sleep(PAUSE);
        }
    }

    /// Stops the server, which ends as if nothing had happened; its log.
    fn end(mut self) -> String {
        // A worker's event loop may meet the injected error where it hears of the signal,
        // which is lost then: it is sent again. Only where it is lost, for a second one that is
        // heard cuts the stop short: a server that has heard it closes its listening sockets.
        let start = Instant::now();
        let status = 'ended: loop {
            assert!(start.elapsed() < PATIENCE, "the server does not stop");
            signal(self.server, "TERM");
            let sent = Instant::now();
            while sent.elapsed() < PATIENCE / 20 || !self.accepts() {
                if let Some(status) = self.tracer.try_wait().expect("a state") {
                    break 'ended status;
                }
                assert!(start.elapsed() < PATIENCE, "the server does not end");
                sleep(PAUSE);
            }
        };
        let log = self.log.whole();
        assert!(status.success(), "{log}");
        log
    }

    /// Waits for the end of a server that nobody stops.
    fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.tracer.try_wait().expect("a state") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end");
            sleep(PAUSE);
        }
    }

    fn accepts(&self) -> bool {
        TcpStream::connect(self.address).is_ok()
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        // A test that fails leaves no process behind: strace lets go of a server that it
        // does not live to see the end of.
        if let Ok(None) = self.tracer.try_wait() {
            let _ = Command::new("kill")
                .args(["-s", "KILL", &self.server.to_string()])
                .status();
            let _ = self.tracer.wait();
        }
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
    ] {
        let injection = format!("accept4:error={error}:when=2+2");
        let Some(server) = Faulty::start(&injection) else {
            return;
        };
        // The connection stays in the queue for the next call.
        assert_eq!(server.answers(20), 0, "{error}");
        server.end();
    }
}

#[test]
fn accepting_fails_for_a_while_and_does_not_spin() {
    let Some(server) = Faulty::start("accept4:error=EMFILE:when=1..40") else {
        return;
    };
    // Each worker's first 40 calls fail, with a pause of 20 ms after each.
    let asked = Instant::now();
    assert_eq!(server.answers(5), 0);
    assert!(asked.elapsed() > Duration::from_millis(500));
    let start = server.start;
    let log = server.end();
    assert!(log.contains("accept: "), "{log}");
    // A worker's errors are a line in each second of its life, and one at its end.
    let lines = log.lines().filter(|line| line.contains("accept: ")).count() as u64;
    let seconds = start.elapsed().as_secs();
    assert!(lines <= WORKERS * (seconds + 2), "{log}");
}

#[test]
fn reading_and_writing_fail() {
    // Counted in each thread; the first calls of the main thread's are for signals.
    for injection in [
        "recvfrom:error=ECONNRESET:when=6+3",
        "recvfrom:error=EIO:when=6+3",
        "recvfrom:retval=0:when=6+4",
        "sendto:error=EPIPE:when=2+3",
        "sendto:error=ENOBUFS:when=2+3",
        "setsockopt:error=EINVAL:when=9+2",
        "shutdown:error=ENOTCONN:when=1+2",
    ] {
        let Some(server) = Faulty::start(injection) else {
            return;
        };
        server.answers(10);
        server.end();
    }
}

/// Interrupted, again and again, which costs nobody anything.
#[test]
fn a_signal_interrupts() {
    for injection in [
        "accept4:error=EINTR:when=2+2",
        "recvfrom:error=EINTR:when=6+3",
        "sendto:error=EINTR:when=2+3",
        "shutdown:error=EINTR:when=1+2",
        "epoll_wait:error=EINTR:when=20+2",
    ] {
        let Some(server) = Faulty::start(injection) else {
            return;
        };
        assert_eq!(server.answers(20), 0, "{injection}");
        server.end();
    }
}

/// Lets a program's calls of `mprotect` fail from now on, each thread's from its first or second
/// one. Nothing where strace is not there, or may not trace.
fn refuse_machine_code(program: &Process, when: &str) -> Option<Child> {
    let mut tracer = Command::new("strace")
        .args(["-f", "-o", "/dev/null"])
        .args(["-e", &format!("inject=mprotect:error=ENOMEM:when={when}")])
        .args(["-p", &program.id().to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut said = BufReader::new(tracer.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains(" attached") {
        line.clear();
        if said.read_line(&mut line).expect("text") == 0 {
            eprintln!("left out: strace may not trace a process that runs");
            return None;
        }
    }
    std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
    Some(tracer)
}

/// LuaJIT cannot go on. A server with one worker, and requests that it compiles something for.
#[test]
fn machine_code_that_is_refused_ends_the_process_with_a_word() {
    // Before compiled code runs, and before more is compiled.
    for when in ["1+", "2+"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_faulty"));
        // The system's allocator asks for the same in its arenas, but not in its first one.
        program.env("MALLOC_ARENA_MAX", "1");
        let program = Process::start(program.args(["--port", "0", "--workers", "1"]));
        let Some(mut tracer) = refuse_machine_code(&program, when) else {
            return;
        };
        let start = Instant::now();
        for path in ["/list/500", "/record/1", "/list/501", "/count"]
            .iter()
            .cycle()
        {
            let Ok(mut stream) = TcpStream::connect(program.address()) else {
                break;
            };
            let _ = ask_for(&mut stream, path);
            assert!(start.elapsed() < PATIENCE, "{when}: it does not end");
        }
        let (code, log) = program.end();
        assert_eq!(code, Some(1), "{when}: {log}");
        let line = " error LuaJIT's machine code: mprotect: Cannot allocate memory (os error 12); ";
        assert!(
            log.contains(line) && log.contains("vm.max_map_count"),
            "{when}: {log}"
        );
        let _ = tracer.wait();
    }
}

/// How often each worker's event loop has failed.
fn failures(log: &str) -> [usize; WORKERS as usize] {
    [0, 1].map(|worker| {
        let line = format!(" error worker {worker} failed: unexpected error when polling");
        log.matches(&line).count()
    })
}

#[test]
fn an_event_loop_that_fails_starts_again() {
    // The count is each thread's own, and its clock ticks 20 times a second.
    let Some(server) = Faulty::start("epoll_wait:error=EIO:when=60") else {
        return;
    };
    server.wait_for("failure of both workers", |log| failures(log) == [1, 1]);
    server.answers(10);
    server.end();
}

/// It is for whoever supervises the process to start it again.
#[test]
fn an_event_loop_that_always_fails_ends_the_process() {
    let Some(mut server) = Faulty::start("epoll_wait:error=EIO:when=60+") else {
        return;
    };
    let status = server.ended();
    let log = server.log.whole();
    assert!(!status.success(), "{log}");
    // The process ends with the first worker that is given up, after its fifth failure; the
    // other one may have come as far.
    assert_eq!(failures(&log).iter().max(), Some(&5), "{log}");
}
