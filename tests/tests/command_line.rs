//! The command line of a compiled program, its log, and how it stops.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rover_tests::{Process, Response, signal, unused_address};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_program"));
    for variable in ["ROVER_HOST", "ROVER_PORT", "ROVER_WORKERS", "ROVER_LOG"] {
        command.env_remove(variable);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    program()
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// Exactly one line on standard error, none on standard output, a non-zero exit.
fn error_line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{text}");
    assert!(output.stdout.is_empty());
    assert_eq!(text.lines().count(), 1, "{text}");
    text.trim_end().to_owned()
}

fn get(server: &Process, path: &str) -> Response {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: t\r\nX-Request-Id: t-1\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    Response::parse(&answer)
}

#[test]
fn help_version_routes_check() {
    let help = run(&["--help"]);
    let text = String::from_utf8_lossy(&help.stdout);
    assert!(help.status.success());
    assert!(text.contains("\nUsage: program [OPTIONS]\n"), "{text}");
    for flag in [
        "--host",
        "--port",
        "--workers",
        "--log-level",
        "--heartbeat",
        "--routes",
        "--openapi",
        "--check",
        "ROVER_PORT",
    ] {
        assert!(text.contains(flag), "{flag} is not in {text}");
    }
    assert_eq!(run(&["--version"]).stdout, b"program 1.2.3\n");
    let routes = run(&["--routes"]);
    let expected = "\
GET     /hello          routes.lua:6
POST    /echo           routes.lua:7
GET     /log            routes.lua:8
GET     /spin           routes.lua:15
GET     /raised/{what}  routes.lua:28
GET     /lost           routes.lua:30
";
    assert_eq!(String::from_utf8_lossy(&routes.stdout), expected);
    let document = run(&["--openapi"]).stdout;
    assert!(
        document.starts_with(br#"{"openapi":"3.1.0","info":{"title":"program","version":"1.2.3"}"#)
    );
    assert!(document.ends_with(b"}\n"));
    assert_eq!(run(&["--check"]).stdout, b"program: 6 routes, ok\n");
}

#[test]
fn bad_arguments_are_one_line() {
    let cases: [(&[&str], &str); 11] = [
        (&["--nonsense"], "--nonsense"),
        (&["extra"], "extra"),
        (&["--port"], "--port"),
        (&["--port", "70000"], "--port"),
        (&["--port", "http"], "--port"),
        (&["--workers", "0"], "--workers"),
        (&["--workers", "-1"], "--workers"),
        (&["--log-level", "loud"], "--log-level"),
        (&["--heartbeat", "soon"], "--heartbeat"),
        (&["--heartbeat", "500ms"], "at least 1s"),
        (&["--host", "no such host"], "no such host"),
    ];
    for (arguments, named) in cases {
        let line = error_line(&run(arguments));
        assert!(line.starts_with("error: "), "{line}");
        assert!(line.contains(named), "{named} is not in {line:?}");
    }
}

#[test]
fn bad_environment_is_one_line() {
    for (variable, value) in [
        ("ROVER_PORT", "x"),
        ("ROVER_WORKERS", "many"),
        ("ROVER_LOG", "loud"),
    ] {
        let output = program().env(variable, value).output().expect("a start");
        let line = error_line(&output);
        assert!(line.contains(variable), "{variable} is not in {line:?}");
    }
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let line = error_line(&run(&["--port", &port]));
    assert!(line.contains(&port), "{line}");
}

#[test]
fn a_port_in_use_by_another_program_of_ours() {
    let first = Process::start(&mut program());
    let port = first.address().port().to_string();
    let line = error_line(&run(&["--port", &port]));
    assert!(line.contains(&port), "{line}");
    assert_eq!(first.stop().0, Some(0));
}

#[test]
fn arguments_override_the_environment() {
    let running = Process::start(
        program()
            .args(["--port", "0", "--host", "127.0.0.1", "--workers", "1"])
            .env("ROVER_PORT", "1")
            .env("ROVER_HOST", "192.0.2.1"),
    );
    assert_eq!(get(&running, "/hello").text(), "hello");
    running.signal("INT");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let running = Process::start(program().args(["--host", "::1"]));
    assert!(running.address().is_ipv6());
    assert_eq!(get(&running, "/hello").text(), "hello");
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn the_log() {
    let running = Process::start(&mut program());
    let answer = get(&running, "/log");
    assert_eq!(answer.status, 500);
    assert!(!answer.text().contains("only the log"));
    assert_eq!(get(&running, "/log?as=json").status, 500);
    assert_eq!(get(&running, "/lost").status, 500);
    assert_eq!(get(&running, "/hello").status, 200);
    let (code, log) = running.stop();
    assert_eq!(code, Some(0));
    let find = |text: &str| {
        log.lines()
            .find(|line| line.contains(text))
            .unwrap_or_else(|| panic!("{text} is not in {log}"))
    };
    for text in ["a message {\"n\":1}", "printed\t1\tnil", "GET /hello 200"] {
        let line = find(text);
        assert!(line.contains(" info "), "{line}");
        assert!(line.ends_with("request_id=t-1"), "{line}");
    }
    let error = find("what only the log may know");
    assert!(error.contains(" error "), "{error}");
    assert!(error.contains("routes.lua:12:"), "{error}");
    assert!(log.contains("stack traceback"), "{log}");
    let lost = find("bad argument");
    assert!(lost.contains("GET /lost: routes.lua:30: "), "{lost}");
    // What cannot be written is found when the handler has returned.
    let value = find("rows[1].name");
    assert!(
        value.contains("(the handler is at routes.lua:8)"),
        "{value}"
    );
}

#[test]
fn errors_that_are_no_texts_are_logged_by_what_they_say() {
    let running = Process::start(&mut program());
    let said = [
        ("object", "routes.lua:21: an object that says why"),
        (
            "record",
            r#"routes.lua:22: a table was raised: {"code":7,"message":"a record"}"#,
        ),
        (
            "functions",
            "routes.lua:23: a table was raised: name = with functions",
        ),
        (
            "broken",
            "routes.lua:24: a table was raised whose `__tostring` fails: ",
        ),
        ("nothing", "routes.lua:25: nil was raised"),
    ];
    for (what, _) in said {
        assert_eq!(get(&running, &format!("/raised/{what}")).status, 500);
    }
    let thrown = get(&running, "/raised/thrown");
    assert_eq!(
        (thrown.status, thrown.text().as_str()),
        (401, r#"{"error":"an answer"}"#)
    );
    let (code, log) = running.stop();
    assert_eq!(code, Some(0));
    for (what, said) in said {
        let line = format!("GET /raised/{what}: {said}");
        assert!(log.contains(&line), "{line} is not in {log}");
    }
    let errors = log.lines().filter(|line| line.contains(" error "));
    assert_eq!(errors.count(), said.len(), "{log}");
    assert!(log.contains("GET /raised/thrown 401"), "{log}");
}

#[test]
fn the_log_can_be_off() {
    let address = unused_address();
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let child = program()
        .args(["--log-level", "off", "--host", &host, "--port", &port])
        .stderr(Stdio::piped())
        .spawn()
        .expect("a start");
    let until = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < until, "it does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    signal(child.id(), "TERM");
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_stop_finishes_what_runs() {
    let mut running = Process::start(&mut program());
    let mut stream = TcpStream::connect(running.address()).expect("a connection");
    // At this length a body that stands still has half a minute.
    let head = b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 20005\r\n\r\n";
    stream.write_all(head).expect("sent");
    stream.write_all(&[b'x'; 20_000]).expect("sent");
    let idle = TcpStream::connect(running.address()).expect("a connection");
    // The idle connection answers once, so that it is known to have been accepted.
    let mut idle = idle;
    idle.write_all(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n")
        .expect("sent");
    let mut first = [0; 15];
    idle.read_exact(&mut first).expect("an answer");
    running.signal("TERM");
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest)
        .expect("the idle connection is closed");
    assert!(running.runs(), "it did not wait");
    // Each worker closes its own listening socket, the one a moment after the other.
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(running.address()).is_ok() {
        assert!(Instant::now() < until, "new connections are still accepted");
        std::thread::sleep(Duration::from_millis(5));
    }
    stream.write_all(b"hello").expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = Response::parse(&answer);
    assert_eq!((answer.status, answer.body.len()), (200, 20_005));
    assert!(answer.text().ends_with("xhello"));
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn routes_that_differ_stop_the_start() {
    let output = program()
        .env("MORE_ROUTES", "yes")
        .output()
        .expect("a start");
    let line = error_line(&output);
    assert!(line.contains("GET /more"), "{line}");
}
