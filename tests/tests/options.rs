//! Options of `rover.server` that the program reads from the environment when it starts.

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;

use rover_tests::Process;
use rover_tests::client::answer;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_options"));
    for variable in ["ROVER_HOST", "ROVER_PORT", "ROVER_WORKERS", "ROVER_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// What the program says when it does not start.
fn refused(variable: &str, value: &str) -> String {
    let output = program().env(variable, value).output().expect("an end");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

#[test]
fn the_port_of_the_start_counts() {
    let port = free_port();
    let running = Process::start(program().env("TEST_ROVER_PORT", port.to_string()));
    assert_eq!(running.address().port(), port);
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn variables_and_flags_go_before_it() {
    let port = free_port();
    let running = Process::start(
        program()
            .env("TEST_ROVER_PORT", "1")
            .env("ROVER_PORT", port.to_string()),
    );
    assert_eq!(running.address().port(), port);
    assert_eq!(running.stop().0, Some(0));
    let port = free_port().to_string();
    let mut command = program();
    command.env("TEST_ROVER_PORT", "1").args(["--port", &port]);
    let running = Process::start(&mut command);
    assert_eq!(running.address().port().to_string(), port);
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn the_proxies_of_the_start_are_trusted() {
    let asked = |proxy: &str| {
        let running = Process::start(
            program()
                .args(["--port", "0"])
                .env("TEST_ROVER_PROXY", proxy),
        );
        let mut stream = running.connect();
        let request = b"GET /ip HTTP/1.1\r\nHost: t\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";
        stream.write_all(request).expect("a connection");
        let client = answer(&mut stream).expect("an answer").text();
        assert_eq!(running.stop().0, Some(0));
        client
    };
    assert_eq!(asked("loopback"), "192.0.2.1");
    assert_eq!(asked("10.0.0.0/8"), "127.0.0.1");
}

#[test]
fn the_policies_of_the_start_hold() {
    let running = Process::start(
        program()
            .args(["--port", "0"])
            .env("TEST_ROVER_PAGE", "https://a.example"),
    );
    let allowed = |path: &str, origin: &str| {
        let mut stream = running.connect();
        let request = format!("GET {path} HTTP/1.1\r\nHost: t\r\nOrigin: {origin}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a connection");
        let answer = answer(&mut stream).expect("an answer");
        answer.header("access-control-allow-origin")
    };
    let (a, b) = ("https://a.example", "https://b.example");
    assert_eq!(allowed("/", a).as_deref(), Some(a));
    assert_eq!(allowed("/", b).as_deref(), Some(a));
    assert_eq!(allowed("/ip", a).as_deref(), Some(a));
    assert_eq!(allowed("/ip", b).as_deref(), Some(b));
    assert_eq!(allowed("/ip", "https://c.example"), None);
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn a_value_that_is_none_stops_the_start() {
    let line = refused("TEST_ROVER_PORT", "http");
    assert!(
        line.contains("`port` must be an integer from 0 to 65535"),
        "{line}"
    );
    let line = refused("TEST_ROVER_PROXY", "nginx");
    assert!(
        line.contains("`trusted_proxies`: `nginx` is not an address"),
        "{line}"
    );
    let line = refused("TEST_ROVER_PAGE", "a.example");
    assert!(
        line.contains("`cors`: `origins`: `a.example` has no scheme"),
        "{line}"
    );
    let line = refused("TEST_ROVER_KEEP_ALIVE", "long");
    assert!(
        line.contains("`keep_alive`: `long` is not a time"),
        "{line}"
    );
}

#[test]
fn what_is_compiled_in_stops_the_start_where_it_differs() {
    let line = refused("TEST_ROVER_DEADLINE", "2s");
    assert!(
        line.contains("`deadline` is 2s here and was 1s in the build"),
        "{line}"
    );
}
