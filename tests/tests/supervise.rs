//! A supervisor: a child that dies, one that is replaced, and what clients see of it.
#![cfg(unix)]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rover_tests::client::ask_for;
use rover_tests::{Process, Response, listening, signal, unused_address};

const PATIENCE: Duration = Duration::from_secs(30);

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_program"));
    command.args(["--port", "0", "--workers", "2", "--log-level", "warn"]);
    command
}

/// A supervisor.
struct Supervised(Process);

impl Supervised {
    fn start() -> Self {
        Self::of(&mut program())
    }

    fn of(program: &mut Command) -> Self {
        Supervised(Process::start(program.args([
            "--supervise",
            "--log-level",
            "info",
        ])))
    }

    /// Of a program that can be told to stand still.
    fn faulty(arguments: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_faulty"));
        Self::of(program.args(["--port", "0"]).args(arguments))
    }

    /// The processes of the server itself.
    fn children(&self) -> Vec<u32> {
        let output = Command::new("ps")
            .args(["-o", "pid=", "--ppid", &self.0.id().to_string()])
            .output()
            .expect("ps runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split_whitespace()
            .filter_map(|id| id.parse().ok())
            .collect()
    }

    /// Waits until there is one child, and another than this.
    fn other_child(&self, before: u32) -> u32 {
        let start = Instant::now();
        loop {
            match self.children().as_slice() {
                &[child] if child != before => return child,
                other => assert!(start.elapsed() < PATIENCE, "{other:?}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn get(&self) -> Result<String, std::io::Error> {
        get(self.0.address())
    }
}

fn get(address: SocketAddr) -> Result<String, std::io::Error> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    match answer.is_empty() {
        true => Err(ErrorKind::UnexpectedEof.into()),
        false => Ok(Response::parse(&answer).text()),
    }
}

#[test]
fn a_child_that_dies_is_started_again() {
    let supervised = Supervised::start();
    let first = supervised.other_child(0);
    assert_eq!(supervised.get().expect("an answer"), "hello");
    signal(first, "KILL");
    // Whoever connects meanwhile waits.
    assert_eq!(supervised.get().expect("an answer"), "hello");
    let second = supervised.other_child(first);
    signal(second, "KILL");
    assert_eq!(supervised.get().expect("an answer"), "hello");
    let (code, log) = supervised.0.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("the server died (signal: 9"), "{log}");
}

#[test]
fn a_child_that_is_stopped_is_replaced() {
    let supervised = Supervised::of(program().args(["--heartbeat", "1s"]));
    let first = supervised.other_child(0);
    assert_eq!(supervised.get().expect("an answer"), "hello");
    signal(first, "STOP");
    assert_eq!(supervised.get().expect("an answer"), "hello");
    supervised.other_child(first);
    let (code, log) = supervised.0.stop();
    assert_eq!(code, Some(0), "{log}");
    let line = "the server gave no sign of life for 1s: killing it and starting another";
    assert!(log.contains(line), "{log}");
}

#[test]
fn a_child_with_a_worker_that_stands_still_is_replaced() {
    for workers in ["1", "2"] {
        let supervised =
            Supervised::faulty(&["--workers", workers, "--heartbeat", "1s", "--drain", "1s"]);
        let first = supervised.other_child(0);
        let answer = supervised.0.get("/stuck").expect("an answer");
        assert_eq!(answer.text(), "until the next tick");
        supervised.other_child(first);
        let answer = supervised.0.get("/count").expect("an answer");
        assert_eq!(answer.status, 200);
        let (_, log) = supervised.0.stop();
        assert!(log.contains(" stands still, for 1s"), "{log}");
        let line = "a worker of the server stands still: replacing the server";
        assert!(log.contains(line), "{log}");
    }
}

/// All its workers are in handlers that have their time.
#[test]
fn a_child_that_is_busy_is_not_replaced() {
    let supervised = Supervised::faulty(&["--workers", "1", "--heartbeat", "2s"]);
    let child = supervised.other_child(0);
    let mut stream = supervised.0.connect();
    // Five seconds of a processor are more on a machine that is busy with other things.
    let wait = Some(4 * PATIENCE);
    stream.set_read_timeout(wait).expect("a timeout");
    assert_eq!(
        ask_for(&mut stream, "/busy").map(|answer| answer.status),
        Some(503)
    );
    assert_eq!(supervised.children(), [child]);
    let (code, log) = supervised.0.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(
        !log.contains("still") && !log.contains("sign of life"),
        "{log}"
    );
}

/// The machine as a whole was stopped for longer than any heartbeat, as by its lid.
#[test]
fn a_child_that_was_stopped_with_its_parent_is_not_replaced() {
    let supervised = Supervised::of(program().args(["--heartbeat", "1s"]));
    let child = supervised.other_child(0);
    for _ in 0..3 {
        // The child is stopped first and goes on last: no order makes it look better.
        signal(child, "STOP");
        supervised.0.signal("STOP");
        std::thread::sleep(Duration::from_secs(3));
        supervised.0.signal("CONT");
        signal(child, "CONT");
        assert_eq!(supervised.get().expect("an answer"), "hello");
    }
    assert_eq!(supervised.children(), [child]);
    assert_eq!(supervised.0.stop().0, Some(0));
}

#[test]
fn a_replaced_child_loses_no_request() {
    let supervised = Supervised::start();
    let address = supervised.0.address();
    let stop = Arc::new(AtomicBool::new(false));
    let served = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..4)
        .map(|client| {
            let (stop, served) = (Arc::clone(&stop), Arc::clone(&served));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let most = [1, 500][client % 2];
                    let answers = connection(address, most).expect("no request fails");
                    served.fetch_add(answers, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let mut child = supervised.other_child(0);
    for replacing in ["HUP", "USR2", "HUP"] {
        supervised.0.signal(replacing);
        child = supervised.other_child(child);
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().expect("no request failed");
    }
    assert!(served.load(Ordering::Relaxed) > 0);
    supervised.0.signal("INT");
    let (code, log) = supervised.0.end();
    assert_eq!(code, Some(0), "{log}");
}

/// A server that stops waits so long for the next request of a connection.
const FAREWELL: Duration = Duration::from_secs(1);
/// One that was itself stopped for so long, by the machine, turns away who has waited.
const MAX_WAIT: Duration = Duration::from_millis(500);

/// Requests on one connection, until the server closes it after an answer; how many were
/// answered. None is lost, but by a client or a server that the machine did not let run.
fn connection(address: SocketAddr, most: u64) -> Result<u64, std::io::Error> {
    let mut before = Instant::now();
    let mut stream = BufReader::new(TcpStream::connect(address)?);
    stream.get_ref().set_read_timeout(Some(PATIENCE))?;
    for answered in 0..most {
        let begun = Instant::now();
        let request = b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";
        let sent = stream.get_mut().write_all(request);
        // The server has waited for this request since it answered the one before.
        let waited = before.elapsed();
        before = begun;
        match sent.and_then(|()| answer(&mut stream)) {
            Ok((200, body, closes)) if body == b"hello" => {
                if closes {
                    return Ok(answered + 1);
                }
            }
            Ok((503, ..)) if begun.elapsed() >= MAX_WAIT => return Ok(answered),
            Ok((status, body, _)) => {
                let body = String::from_utf8_lossy(&body).into_owned();
                return Err(std::io::Error::other(format!("{status} {body}")));
            }
            Err(_) if waited >= FAREWELL => return Ok(answered),
            Err(error) => return Err(error),
        }
    }
    Ok(most)
}

/// Reads an answer: its status, its body, and whether it is the connection's last one.
fn answer(stream: &mut impl BufRead) -> Result<(u16, Vec<u8>, bool), std::io::Error> {
    let (mut status, mut length, mut closes) = (0, 0, false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap_or(0),
            Some(("connection", value)) => closes = value == "close",
            Some(_) => {}
            None if line == "\r\n" => break,
            None => status = line.get(9..12).and_then(|s| s.parse().ok()).unwrap_or(0),
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((status, body, closes))
}

#[test]
fn a_first_child_that_does_not_start_is_an_error() {
    let output = program()
        .arg("--supervise")
        .env("MORE_ROUTES_IN_A_CHILD", "yes")
        .output()
        .expect("a start");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("GET /more"), "{text}");
    assert!(text.contains("it did not start"), "{text}");
}

#[test]
fn a_second_signal_cuts_a_stop_short() {
    for arguments in [
        &["--log-level", "info"][..],
        &["--log-level", "info", "--supervise"],
    ] {
        let mut child = program()
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("piped"));
        let mut stream = TcpStream::connect(listening(&mut log)).expect("a connection");
        // At this length a body that stands still has half a minute.
        let head = b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 20005\r\n\r\n";
        stream.write_all(head).expect("sent");
        stream.write_all(&[b'x'; 20_000]).expect("sent");
        std::thread::sleep(Duration::from_millis(300));
        signal(child.id(), "TERM");
        std::thread::sleep(Duration::from_millis(300));
        assert!(
            child.try_wait().expect("a state").is_none(),
            "{arguments:?}"
        );
        // Again and again: a process that has not run since the first hears of one only.
        let start = Instant::now();
        let status = loop {
            signal(child.id(), "TERM");
            std::thread::sleep(Duration::from_millis(300));
            if let Some(status) = child.try_wait().expect("a state") {
                break status;
            }
            // Before the body's time is over, and the thirty seconds of the stop.
            assert!(start.elapsed() < Duration::from_secs(20), "{arguments:?}");
        };
        assert_eq!(status.code(), Some(1), "{arguments:?}");
    }
}

#[test]
fn sockets_are_taken_from_the_process_before() {
    let activate = "systemd-socket-activate";
    if Command::new(activate).arg("--version").output().is_err() {
        eprintln!("left out: there is no {activate}");
        return;
    }
    let address = unused_address();
    let mut child = Command::new(activate)
        .arg(format!("--listen={address}"))
        .arg(env!("CARGO_BIN_EXE_program"))
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let start = Instant::now();
    let text = loop {
        match get(address) {
            Ok(text) => break text,
            Err(error) => assert!(start.elapsed() < PATIENCE, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(text, "hello");
    // The program has taken the place of what started it.
    signal(child.id(), "TERM");
    assert!(child.wait().expect("an end").success());
}

#[test]
fn the_service_manager_hears() {
    let folder = std::env::temp_dir().join(format!("rover-notify-{}", std::process::id()));
    let _ = std::fs::remove_file(&folder);
    let socket = std::os::unix::net::UnixDatagram::bind(&folder).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let hear = || {
        let mut state = [0; 64];
        let length = loop {
            match socket.recv(&mut state) {
                // This process was stopped and goes on.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                length => break length.expect("a state"),
            }
        };
        String::from_utf8_lossy(&state[..length]).into_owned()
    };
    for arguments in [&[][..], &["--supervise"]] {
        let mut child = program()
            .args(arguments)
            .env("NOTIFY_SOCKET", &folder)
            .spawn()
            .expect("the program starts");
        assert_eq!(hear(), "READY=1");
        signal(child.id(), "TERM");
        assert_eq!(hear(), "STOPPING=1");
        assert!(child.wait().expect("an end").success());
    }
    std::fs::remove_file(&folder).expect("it was there");
}
