//! Handlers that wait: what one does, and what its client does, costs no other request anything, and nothing is
//! left of it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rover_tests::{PATIENCE, Process, Response};
use serde_json::Value;

/// What a program's Lua may hold after a second round, in kB, where it held so much after the first.
fn most_in_lua(before: u64) -> u64 {
    before + before / 16 + 256
}

/// The same for all of the process, whose allocator keeps some of what was given back.
fn most_resident(before: u64) -> u64 {
    before + before / 4 + (4 << 10)
}

/// A program in a process of its own, by which one sees what it holds.
struct Server(Process);

/// What a program holds, memory in kB.
#[derive(Debug)]
struct Held {
    connections: usize,
    descriptors: usize,
    stacks: u64,
    lua: u64,
    resident: u64,
}

impl Server {
    fn start(is_reference: bool) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_case"));
        command
            .args(["--port", "0", "--workers", "1"])
            .env("ROVER_TEST_CASE", "waiting_hostile")
            .env_remove("ROVER_TEST_REFERENCE");
        if is_reference {
            command.env("ROVER_TEST_REFERENCE", "1");
        }
        Server(Process::start(&mut command))
    }

    fn connect(&self) -> TcpStream {
        self.0.connect()
    }

    fn get(&self, path: &str) -> Response {
        self.0.get(path).expect("an answer")
    }

    /// What it holds when nothing is left of requests that were cancelled, no connection is open, and, from the second
    /// time on, all is back to where it was.
    fn settled(&self, before: Option<&Held>) -> Held {
        let start = Instant::now();
        loop {
            let held = self.held();
            let is_back = before.is_none_or(|before| {
                held.descriptors <= before.descriptors
                    && held.lua <= most_in_lua(before.lua)
                    && held.resident <= most_resident(before.resident)
            });
            if held.stacks == 0 && held.connections == 0 && is_back {
                return held;
            }
            assert!(start.elapsed() < PATIENCE, "{held:?} after {before:?}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn held(&self) -> Held {
        let left = json(self, "/left");
        let process = format!("/proc/{}", self.0.id());
        let status = fs::read_to_string(format!("{process}/status")).expect("it runs");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        let descriptors = fs::read_dir(format!("{process}/fd")).expect("it runs");
        Held {
            connections: connections(self),
            descriptors: descriptors.count(),
            stacks: number(&left, "stacks"),
            lua: number(&left, "kilobytes"),
            resident: resident.expect("a number"),
        }
    }
}

/// Has a round, twice: after the second nothing is there that was not there after the first.
fn each_form(test: impl Fn(&Server)) {
    for is_reference in [false, true] {
        let server = Server::start(is_reference);
        test(&server);
        let first = server.settled(None);
        test(&server);
        let second = server.settled(Some(&first));
        println!("{first:?}, then {second:?}");
        let Server(process) = server;
        assert_eq!(process.stop().0, Some(0));
    }
}

fn json(server: &Server, path: &str) -> Value {
    let answer = server.get(path);
    serde_json::from_str(&answer.text()).unwrap_or_else(|_| panic!("{path}: {answer:?}"))
}

fn names(server: &Server, path: &str) -> Vec<String> {
    let names = json(server, path);
    let names = names.as_array().expect("a list").iter();
    let names: Vec<String> = names
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect();
    assert!(!names.is_empty());
    names
}

/// Waits until a worker has seen something.
fn until(server: &Server, what: &str, seen: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let state = json(server, "/seen");
        if seen(&state) {
            return state;
        }
        assert!(start.elapsed() < PATIENCE, "{what}: {state}");
        thread::sleep(Duration::from_millis(2));
    }
}

fn ask(server: &Server, path: &str) -> TcpStream {
    let mut stream = server.connect();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").expect("the server reads");
    stream
}

fn number(state: &Value, name: &str) -> u64 {
    state[name].as_u64().expect("a number")
}

/// Connections that a server has open, by what the system says of its port (proc(5), `/proc/net/tcp`).
fn connections(server: &Server) -> usize {
    const ESTABLISHED: &str = "01";
    const CLOSE_WAIT: &str = "08";
    let port = format!(":{:04X}", server.0.address().port());
    let table = fs::read_to_string("/proc/net/tcp").expect("a table of connections");
    let rows = table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let open =
        rows.filter(|row| row[1].ends_with(&port) && [ESTABLISHED, CLOSE_WAIT].contains(&row[3]));
    open.count()
}

#[test]
fn who_goes_away_cancels_what_waits_wherever_it_does() {
    each_form(|server| {
        for how in names(server, "/holds") {
            let before = json(server, "/seen");
            let client = ask(server, &format!("/hold/{how}"));
            let held = until(server, &how, |state| number(state, "alive") > 0);
            drop(client);
            let after = until(server, &how, |state| number(state, "alive") == 0);
            let cancelled = number(&after, "cancelled") - number(&before, "cancelled");
            assert_eq!(cancelled, number(&held, "alive").max(cancelled), "{how}");
            assert_eq!(after["other"], before["other"], "{how}");
        }
        assert_eq!(server.get("/sleep/1").text(), "slept");
    });
}

#[test]
fn hundreds_that_go_away_leave_nothing() {
    each_form(|server| {
        let before = number(&json(server, "/seen"), "cancelled");
        for round in 0..5 {
            let clients: Vec<TcpStream> = (0..100).map(|_| ask(server, "/hold/all")).collect();
            until(server, "all of them wait", |state| {
                number(state, "alive") == 300
            });
            drop(clients);
            let state = until(server, "none waits", |state| number(state, "alive") == 0);
            assert_eq!(number(&state, "cancelled") - before, 300 * (round + 1));
        }
    });
}

#[test]
fn a_client_may_leave_at_every_byte() {
    let body = "x".repeat(40);
    let request = format!(
        "POST /hold_body HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    each_form(|server| {
        let before = number(&json(server, "/seen"), "cancelled");
        for cut in 1..=request.len() {
            let mut stream = server.connect();
            stream
                .write_all(&request.as_bytes()[..cut])
                .expect("the server reads");
        }
        let state = until(server, "none waits", |state| {
            number(state, "alive") == 0 && number(state, "cancelled") == before + 1
        });
        assert_eq!(number(&state, "other"), 0);
    });
}

#[test]
fn who_is_cancelled_and_goes_on_is_ended() {
    each_form(|server| {
        let before = number(&json(server, "/seen"), "cancelled");
        let client = ask(server, "/spins");
        until(server, "it waits", |state| number(state, "alive") == 1);
        drop(client);
        until(server, "it is cancelled", |state| {
            number(state, "cancelled") == before + 1
        });
        assert_eq!(server.get("/sleep/1").text(), "slept");
    });
}

#[test]
fn a_timeout_counts_what_is_waited() {
    each_form(|server| {
        for path in ["/endless", "/asleep", "/stubborn"] {
            let answer = server.get(path);
            assert_eq!(answer.status, 503, "{path}: {answer:?}");
        }
        assert_eq!(server.get("/sleep/1").text(), "slept");
    });
}

#[test]
fn many_wait_at_once() {
    each_form(|server| {
        assert_eq!(json(server, "/many/2000")["done"], 2000);
        // There is no memory for so many.
        let answer = server.get("/many/1000000");
        assert!([500, 503].contains(&answer.status), "{answer:?}");
        assert_eq!(json(server, "/many/10")["done"], 10);
    });
}

#[test]
fn the_background_has_an_end() {
    each_form(|server| {
        for _ in 0..3 {
            let told = json(server, "/bomb");
            assert_eq!(told["kind"], "busy", "{told}");
            assert_eq!(told["retryable"], true, "{told}");
            assert!(
                told["begun"].as_u64().is_some_and(|begun| begun <= 10),
                "{told}"
            );
        }
        let start = Instant::now();
        while json(server, "/bomb")["begun"] != 10 {
            assert!(start.elapsed() < PATIENCE, "the others never end");
        }
    });
    each_form(|server| {
        let before = number(&json(server, "/seen"), "done");
        server.get("/again");
        until(server, "the last one", |state| {
            number(state, "done") == before + 1
        });
    });
}

#[test]
fn an_error_in_a_callback_is_the_requests() {
    each_form(|server| {
        for how in names(server, "/failing") {
            assert_eq!(server.get(&format!("/fails/{how}")).status, 500, "{how}");
        }
        assert_eq!(server.get("/sleep/1").text(), "slept");
    });
}

#[test]
fn a_ctx_is_not_another_requests() {
    each_form(|server| {
        let mut keeper = ask(server, "/keeper/7");
        let start = Instant::now();
        // Until the keeper has begun, there is none to be stolen.
        let told = loop {
            let told = json(server, "/thief");
            if told["message"]
                .as_str()
                .is_some_and(|m| m.contains("ctx was used"))
            {
                break told;
            }
            assert!(start.elapsed() < PATIENCE, "{told}");
        };
        assert_eq!(
            (&told["ok"], &told["dot"]),
            (&Value::Bool(false), &Value::Bool(false)),
            "{told}"
        );
        let mut answer = [0; 1024];
        let length = keeper.read(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.contains(r#"{"id":"7","same":true}"#), "{answer}");
    });
}

#[test]
fn requests_that_wait_beside_each_other_keep_their_own() {
    each_form(|server| {
        thread::scope(|scope| {
            for client in 0..20 {
                scope.spawn(move || {
                    for round in 0..10 {
                        let (a, b) = ((client * 7 + round * 3) % 10, client * 100 + round);
                        let told = json(server, &format!("/two/{a}/{b}?q=q{b}"));
                        let row = |i: u64| serde_json::json!({"i": i, "b": b.to_string(), "inner": [format!("q{b}")]});
                        assert_eq!(told, serde_json::json!([row(1), row(2), row(3)]));
                    }
                });
            }
        });
    });
}

#[test]
fn memory_of_one_that_waits_has_a_limit() {
    each_form(|server| {
        let answer = server.get("/hoard");
        assert!([500, 503].contains(&answer.status), "{answer:?}");
        assert_eq!(server.get("/sleep/1").text(), "slept");
    });
}

#[test]
fn pipelined_requests_behind_one_that_waits_are_answered_in_order() {
    each_form(|server| {
        let mut stream = server.connect();
        let requests: String = ["/sleep/20", "/seen", "/sleep/1"]
            .map(|path| format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n"))
            .concat();
        stream
            .write_all(requests.as_bytes())
            .expect("the server reads");
        let mut told = String::new();
        let mut buffer = [0; 4096];
        while told.matches("slept").count() < 2 {
            let length = stream.read(&mut buffer).expect("answers");
            assert!(length > 0, "{told}");
            told += &String::from_utf8_lossy(&buffer[..length]);
        }
        let [first, seen, second] = ["slept", "\"alive\"", "slept"];
        let (a, b) = (told.find(first), told.find(seen));
        assert!(a < b && told.rfind(second) > b, "{told}");
    });
}
