//! A runtime that fails and a VM that is full: what the client, the next one and the log see.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;

use rover_tests::client::{has_input, read};
use rover_tests::{Process, Response};

fn start(broken: bool) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faulty"));
    command.args(["--port", "0", "--workers", "1"]);
    if broken {
        command.env("ROVER_TEST_BROKEN", "1");
    }
    Process::start(&mut command)
}

/// Asks on a connection that goes on.
fn ask(stream: &mut TcpStream, path: &str) -> Response {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").expect("it is open");
    answer(stream)
}

/// Sends a body of JSON.
fn post(stream: &mut TcpStream, path: &str, body: &str) -> Response {
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .expect("it is open");
    answer(stream)
}

fn answer(stream: &mut TcpStream) -> Response {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        let length = read(stream, &mut part).expect("an answer");
        assert!(length > 0, "the connection has ended: {answer:?}");
        answer.extend_from_slice(&part[..length]);
        let response = Response::parse(&answer);
        let whole = response.header("content-length");
        if whole.and_then(|length| length.parse().ok()) == Some(response.body.len()) {
            return response;
        }
    }
}

/// The log's lines of a level that are about a path.
fn lines<'a>(log: &'a str, level: &str, about: &str) -> Vec<&'a str> {
    let wanted = format!(" {level:<5} {about}");
    log.lines().filter(|line| line.contains(&wanted)).collect()
}

#[test]
fn a_panic_costs_one_request() {
    let server = start(true);
    // In a native, under the program's own protection, and in what compiled code calls.
    let paths = [
        "/called",
        "/caught",
        "/handled",
        "/resumed",
        "/again",
        "/record/1",
    ];
    let mut stream = server.connect();
    for path in paths {
        assert_eq!(
            ask(&mut stream, "/count").text(),
            "request 1",
            "before {path}"
        );
        let failed = ask(&mut stream, path);
        let text = failed.text();
        assert_eq!(failed.status, 500, "{path}: {text}");
        assert!(
            text.starts_with(r#"{"error":"Internal Server Error""#),
            "{path}: {text}"
        );
        // The same worker has another VM, for this connection and for new ones.
        assert_eq!(
            ask(&mut stream, "/count").text(),
            "request 1",
            "after {path}"
        );
        let next = server.get("/count").expect("an answer");
        assert_eq!(next.text(), "request 2", "after {path}");
        // A VM that has served nobody yet.
        assert_eq!(ask(&mut stream, "/called").status, 500);
    }
    drop(stream);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    for path in paths {
        let lines = lines(&log, "error", &format!("GET {path}: the runtime panicked"));
        let times = if path == "/called" {
            1 + paths.len()
        } else {
            1
        };
        assert_eq!(lines.len(), times, "{path}: {log}");
        let reasons = ["the fault that was asked for", "out of bounds"];
        assert!(
            reasons.iter().any(|reason| lines[0].contains(reason)),
            "{log}"
        );
    }
    assert_eq!(lines(&log, "error", "").len(), 2 * paths.len(), "{log}");
}

#[test]
fn a_panic_outside_of_handlers_costs_one_connection() {
    let server = start(true);
    let mut other = server.connect();
    assert_eq!(ask(&mut other, "/count").text(), "request 1");
    assert!(server.get("/panic/in/the/router").is_none());
    assert_eq!(ask(&mut other, "/count").text(), "request 2");
    assert_eq!(server.get("/count").expect("an answer").text(), "request 3");
    drop(other);
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_vm_that_is_full_is_replaced() {
    let server = start(false);
    let mut stream = server.connect();
    // Four fifths of 16 MiB, in pieces that stay.
    let mut held = 0;
    loop {
        held += 1;
        assert!(held < 20, "it is never full");
        let answer = ask(&mut stream, "/hold/1000000");
        assert_eq!(
            (answer.status, answer.text()),
            (200, format!("held {held}"))
        );
        match ask(&mut stream, "/count").text() {
            // Another VM, which begins at the beginning.
            count if count == "request 1" && held > 1 => break,
            count => assert_eq!(count, format!("request {held}")),
        }
    }
    assert!(held > 8, "{held}");
    assert_eq!(ask(&mut stream, "/hold/1000000").text(), "held 1");
    assert_eq!(
        server.get("/record/5").expect("an answer").text(),
        r#"{"id":"5","count":1}"#
    );
    drop(stream);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    let replaced = "the VM is near its memory limit after a full collection: it is replaced";
    assert_eq!(lines(&log, "warn", replaced).len(), 1, "{log}");
}

#[test]
fn garbage_alone_replaces_no_vm() {
    let server = start(false);
    assert_eq!(server.get("/count").expect("an answer").text(), "request 1");
    for _ in 0..40 {
        let answer = server.get("/list/20000").expect("an answer");
        assert_eq!(answer.status, 200);
    }
    assert_eq!(server.get("/count").expect("an answer").text(), "request 2");
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(!log.contains("replaced"), "{log}");
}

#[test]
fn a_panic_of_the_timers_costs_the_worker_its_connections() {
    let server = start(true);
    let mut stream = server.connect();
    assert_eq!(ask(&mut stream, "/count").text(), "request 1");
    assert_eq!(ask(&mut stream, "/timers").text(), "until the next tick");
    // The connection ends, and the worker begins anew.
    let ended = read(&mut stream, &mut [0]);
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    assert_eq!(server.get("/count").expect("an answer").text(), "request 1");
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    let failed = "worker 0 failed: the fault that was asked for";
    assert_eq!(lines(&log, "error", failed).len(), 1, "{log}");
}

/// The bytes of a process that are in memory.
fn resident(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|n| n.trim().parse::<usize>().ok())
        .expect("a number")
        << 10
}

/// What a program makes the runtime hold counts for the program: schemas, pages, lists, headers.
#[test]
fn memory_that_is_not_lua_s_has_a_limit() {
    let server = start(false);
    let kinds = server.get("/kinds").expect("an answer").text();
    let kinds: Vec<String> = serde_json::from_str(&kinds).expect("a list of names");
    assert!(kinds.len() > 15, "{kinds:?}");
    let before = resident(server.id());
    let mut wrong = Vec::new();
    for kind in &kinds {
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let answer = server.get(&format!("/worst/{kind}"));
            let answer = answer.unwrap_or_else(|| panic!("no answer to {kind}"));
            statuses.push(answer.status);
        }
        let more = resident(server.id()).saturating_sub(before) >> 20;
        println!("{kind}: {statuses:?}, {more} MiB more");
        let stopped = statuses
            .iter()
            .all(|status| matches!(status, 400 | 500 | 503));
        // The limit is 16 MiB; what a step makes at once, and what the allocator keeps, is beside it.
        if !stopped || more > 96 {
            wrong.push(format!("{kind}: {statuses:?}, {more} MiB more"));
        }
        assert_eq!(
            server.get("/record/5").expect("an answer").status,
            200,
            "after {kind}"
        );
    }
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(!log.contains("panicked"), "{log}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What clients send counts, too: where it needs more than there is, they are told.
#[test]
fn memory_that_a_body_needs_has_a_limit() {
    let server = start(false);
    let objects = format!("[{}{{}}]", "{},".repeat(340_000));
    let within = format!("{{\"rows\":{objects}}}");
    let names = format!("[{}1]", "[],".repeat(340_000));
    let kinds = [
        ("records", &objects),
        ("filled", &objects),
        ("any", &names),
        ("json", &names),
        ("again", &objects),
        ("first", &objects),
        ("held", &within),
    ];
    let mut stream = server.connect();
    let before = resident(server.id());
    for (kind, body) in kinds {
        let path = format!("/reads/{kind}");
        for _ in 0..2 {
            let refused = post(&mut stream, &path, body);
            let text = refused.text();
            assert_eq!(refused.status, 413, "{kind}: {text}");
            assert!(text.contains("needs more memory than there is"), "{text}");
        }
        let more = resident(server.id()).saturating_sub(before) >> 20;
        println!("{kind}: {more} MiB more");
        assert!(more < 64, "{kind}: {more} MiB more");
        // The next one has all the memory that there is.
        let small = match kind {
            "held" => r#"{"rows":[{},{}]}"#.to_owned(),
            _ => format!("[{}{{}}]", "{},".repeat(999)),
        };
        assert_eq!(post(&mut stream, &path, &small).status, 200, "{kind}");
    }
    drop(stream);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(!log.contains(" error "), "{log}");
}

/// Sends a request that waits, and comes back when its handler does, the first one of its VM.
fn begin_to_wait(server: &Process, stream: &mut TcpStream, path: &str) -> TcpStream {
    let mut waiting = server.connect();
    write!(waiting, "GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").expect("it is open");
    while ask(stream, "/begun").text() != "begun 1" {}
    waiting
}

/// Fills the VM until another one is there, in which nothing has begun.
fn replace(stream: &mut TcpStream) {
    while ask(stream, "/begun").text() == "begun 1" {
        // Large pieces, and small ones for what is left.
        ask(stream, "/hold/2000000");
        ask(stream, "/hold/300000");
    }
}

#[test]
fn who_waits_in_a_vm_that_is_full_is_answered_by_it() {
    let server = start(false);
    let mut stream = server.connect();
    let mut waiting = begin_to_wait(&server, &mut stream, "/waits/2");
    assert_eq!(ask(&mut stream, "/count").text(), "request 1");
    replace(&mut stream);
    let answer = answer(&mut waiting);
    assert_eq!(
        (answer.status, answer.text()),
        (200, "waited in a VM with 1 requests".to_owned())
    );
}

#[test]
fn who_waits_in_a_vm_in_which_the_runtime_panicked_is_turned_away() {
    let server = start(true);
    let mut stream = server.connect();
    let paths = ["/waits/3600", "/clears", "/waits/3600"];
    let mut waiting = paths.map(|path| {
        let mut waiting = server.connect();
        write!(waiting, "GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").expect("it is open");
        waiting
    });
    while ask(&mut stream, "/begun").text() != "begun 3" {}
    assert_eq!(ask(&mut stream, "/spawns").text(), "spawned");
    assert_eq!(ask(&mut stream, "/called").status, 500);
    assert_eq!(ask(&mut stream, "/begun").text(), "begun 0");
    // At once: what they wait for takes an hour.
    for waiting in &mut waiting {
        assert_eq!(answer(waiting).status, 503);
    }
    assert_eq!(ask(&mut stream, "/count").text(), "request 1");
    drop((stream, waiting));
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(log.contains("rover.spawn: its VM was replaced"), "{log}");
    // No code of the program runs where the runtime panicked.
    assert!(!log.contains("cleared"), "{log}");
}

#[test]
fn vms_that_were_replaced_are_not_kept_without_number() {
    let server = start(false);
    let mut stream = server.connect();
    let paths = ["/clears", "/waits/3600"];
    let mut waiting = Vec::new();
    // Four that were replaced, and the one that was replaced last.
    for number in 0..5 {
        waiting.push(begin_to_wait(&server, &mut stream, paths[number % 2]));
        replace(&mut stream);
    }
    assert!(!waiting.iter().any(has_input));
    // The oldest makes room for each one more.
    for number in 5..8 {
        let mut oldest = waiting.remove(0);
        assert!(!has_input(&oldest));
        waiting.push(begin_to_wait(&server, &mut stream, paths[number % 2]));
        replace(&mut stream);
        assert_eq!(answer(&mut oldest).status, 503);
    }
    assert!(!waiting.iter().any(has_input));
    drop((stream, waiting));
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    let ended = lines(&log, "warn", "too many replaced VMs");
    assert_eq!(ended.len(), 3, "{log}");
    // The first, the third and, as their clients went away, two of the others.
    let cleared = r#"cleared {"kind":"cancelled"}"#;
    assert_eq!(log.matches(cleared).count(), 4, "{log}");
}
