//! `rover.on_start`, `rover.on_stop` and `rover.every`: when they run, in which worker, and what comes of their errors.
//! `rover.cron` differs from `every` in its times only, which `rover-rt/src/service/schedule.rs` tests.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rover_tests::client::answer;
use rover_tests::{PATIENCE, Process, unused_address};
use serde_json::Value;

/// A folder of a test's own, in which its program notes what happens.
struct Notes(PathBuf);

impl Notes {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("rover-scheduled-{}-{number}", std::process::id());
        let folder = Path::new("/tmp").join(name);
        fs::create_dir(&folder).expect("a new folder");
        Notes(folder)
    }

    fn all(&self) -> Vec<String> {
        let notes = fs::read_to_string(self.0.join("notes")).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }

    /// The notes but those of `every`.
    fn once(&self) -> Vec<String> {
        let mut notes = self.all();
        notes.retain(|note| !note.starts_with("every in "));
        notes
    }

    fn has(&self, note: &str) -> bool {
        self.all().iter().any(|noted| noted == note)
    }

    fn until(&self, note: &str) {
        until(|| self.has(note), || format!("{note}: {:?}", self.all()));
    }

    /// From now on a function is held up.
    fn hold(&self, name: &str) {
        fs::write(self.0.join(name), "").expect("a new file");
    }

    fn let_go(&self, name: &str) {
        fs::remove_file(self.0.join(name)).expect("it was held");
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        // The next run has another folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn until(seen: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let start = Instant::now();
    while !seen() {
        assert!(start.elapsed() < PATIENCE, "{}", otherwise());
        thread::sleep(Duration::from_millis(2));
    }
}

/// The program in both forms.
fn programs(notes: &Notes, workers: usize) -> [Command; 2] {
    [false, true].map(|reference| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_case"));
        command
            .args(["--port", "0", "--workers", &workers.to_string()])
            .env("ROVER_TEST_CASE", "scheduled")
            .env("TEST_ROVER_FOLDER", &notes.0)
            .env_remove("ROVER_TEST_REFERENCE");
        if reference {
            command.env("ROVER_TEST_REFERENCE", "1");
        }
        command
    })
}

fn each_form(workers: usize, test: impl Fn(&Notes, &mut Command)) {
    for form in [0, 1] {
        let notes = Notes::new();
        test(&notes, &mut programs(&notes, workers)[form]);
    }
}

/// Connects as soon as somebody listens, and asks.
fn ask_early(address: SocketAddr, path: &str) -> TcpStream {
    let start = Instant::now();
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(error) => assert!(start.elapsed() < PATIENCE, "{error}"),
        }
        thread::sleep(Duration::from_millis(2));
    };
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").expect("the server reads");
    stream
}

fn text(server: &Process, path: &str) -> String {
    server.get(path).expect("an answer").text()
}

fn every(server: &Process) -> Value {
    serde_json::from_str(&text(server, "/every")).expect("JSON")
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().expect("a number")
}

/// Waits until `every` has begun so often.
fn until_begun(server: &Process, times: u64) -> Value {
    let told = || every(server);
    until(|| number(&told(), "begun") >= times, || told().to_string());
    told()
}

/// The line of the program that a text stands in.
fn line_of(text: &str) -> usize {
    let program = include_str!("../contract/scheduled/routes.lua");
    let line = program.lines().position(|line| line.contains(text));
    1 + line.expect("a line of the program")
}

#[test]
fn the_start_ends_before_the_first_answer() {
    each_form(4, |notes, program| {
        notes.hold("hold_start");
        let address = unused_address();
        program.args(["--host", &address.ip().to_string()]);
        program.args(["--port", &address.port().to_string()]);
        thread::scope(|scope| {
            let server = scope.spawn(|| Process::start(program));
            notes.until("start begins");
            // One request for each worker, and more.
            let clients: Vec<_> = (0..16).map(|_| ask_early(address, "/started")).collect();
            assert_eq!(notes.once(), ["start begins"]);
            notes.let_go("hold_start");
            let mut in_first = 0;
            for mut client in clients {
                match answer(&mut client).expect("an answer").text().as_str() {
                    r#"{"started":2}"# => in_first += 1,
                    // A worker in which nothing was started.
                    other => assert_eq!(other, r#"{"started":0}"#),
                }
                // Once, on one worker, in order, and all of it by now.
                assert_eq!(notes.once(), ["start begins", "start ends", "started"]);
            }
            println!("{in_first} of 16 answers are of the first worker");
            let server = server.join().expect("the server's start");
            assert_eq!(server.stop().0, Some(0));
        });
    });
}

#[test]
fn an_error_ends_the_start_with_its_line() {
    each_form(4, |notes, program| {
        let output = program.env("TEST_ROVER_FAILS", "start").output();
        let output = output.expect("an end");
        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{log}");
        let line = line_of(r#"error "no database""#);
        let told = format!("rover.on_start: routes.lua:{line}: no database");
        assert!(log.contains(&told), "{log}");
        assert!(!log.contains("http://"), "{log}");
        assert_eq!(notes.once(), ["start begins", "start ends"]);
    });
}

#[test]
fn every_runs_again_and_again_and_never_twice_at_a_time() {
    each_form(1, |_, program| {
        let server = Process::start(program);
        let told = until_begun(&server, 6);
        assert_eq!(number(&told, "most"), 1, "{told}");
        assert!(number(&told, "ended") >= 2, "{told}");
        let (code, log) = server.stop();
        assert_eq!(code, Some(0));
        let place = format!("routes.lua:{}: rover.every: ", line_of("rover.every(0.005"));
        let line = line_of(r#"error "not this time""#);
        let told = format!("{place}routes.lua:{line}: not this time");
        let lines: Vec<&str> = log
            .lines()
            .filter(|line| line.contains(" error "))
            .collect();
        assert!(lines.len() >= 2, "{log}");
        assert!(lines.iter().all(|line| line.contains(&told)), "{log}");
    });
}

#[test]
fn every_runs_on_one_worker() {
    each_form(4, |notes, program| {
        let server = Process::start(program);
        let noted = || {
            let notes = notes.all();
            let noted = notes
                .into_iter()
                .filter(|note| note.starts_with("every in "));
            noted.collect::<Vec<_>>()
        };
        until(|| noted().len() >= 8, || format!("{:?}", noted()));
        let noted = noted();
        assert!(noted.iter().all(|note| *note == noted[0]), "{noted:?}");
        assert_eq!(server.stop().0, Some(0));
    });
}

#[test]
fn every_goes_on_in_the_vm_that_replaces_another() {
    each_form(1, |_, program| {
        let server = Process::start(program);
        until_begun(&server, 2);
        let before = text(&server, "/vm");
        assert_eq!(server.get("/panics").expect("an answer").status, 500);
        assert_ne!(text(&server, "/vm"), before);
        until_begun(&server, 3);
        assert_eq!(server.stop().0, Some(0));
    });
}

#[test]
fn the_stop_comes_after_all_requests() {
    each_form(4, |notes, program| {
        notes.hold("hold_request");
        let server = Process::start(program);
        let mut client = ask_early(server.address(), "/held");
        notes.until("request begins");
        server.signal("TERM");
        notes.let_go("hold_request");
        assert_eq!(answer(&mut client).expect("an answer").text(), "let go");
        let (code, log) = server.end();
        assert_eq!(code, Some(0), "{log}");
        let after = [
            "request begins",
            "request ends",
            "stop begins",
            "stop ends",
            "stopped",
            "the last of all",
        ];
        assert_eq!(notes.once()[3..], after);
        let all = notes.all();
        let begins = all.iter().position(|note| note == "stop begins");
        let begins = begins.expect("a stop");
        // Nothing begins again meanwhile.
        assert!(
            !all[begins..]
                .iter()
                .any(|note| note.starts_with("every in"))
        );
    });
}

#[test]
fn an_error_in_one_stop_is_logged_and_the_next_one_runs() {
    each_form(1, |notes, program| {
        let server = Process::start(program.env("TEST_ROVER_FAILS", "stop"));
        let (code, log) = server.stop();
        assert_eq!(code, Some(0), "{log}");
        let line = line_of(r#"error "it cannot be put away""#);
        let told = format!("rover.on_stop: routes.lua:{line}: it cannot be put away");
        assert!(log.contains(&told), "{log}");
        assert_eq!(
            notes.once()[3..],
            ["stop begins", "stopped", "the last of all"]
        );
    });
}

#[test]
fn a_stop_that_does_not_end_has_the_time_of_drain() {
    each_form(1, |notes, program| {
        notes.hold("hold_stop");
        let server = Process::start(program.args(["--drain", "300ms"]));
        let (code, log) = server.stop();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("did not finish in time"), "{log}");
        assert!(!notes.has("stop ends"));
    });
}
