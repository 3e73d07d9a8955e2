//! How programs connect: who they are, TLS, sockets; one connection of each worker.

use std::thread;

use serde_json::json;

use crate::base::{Server, asked, until, variable};
use crate::processes::{One, command};

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn addresses() {
    let server = Server::new();
    let host = variable("ROVER_TEST_REDIS")
        .trim_start_matches("redis://")
        .to_owned();
    let socket = variable("ROVER_TEST_REDIS_SOCKET");
    for (url, name) in [
        (format!("redis://{host}"), "default"),
        (format!("valkey://{host}/0"), "default"),
        (
            format!("redis://somebody:p%40ss%3Aw0rd@{host}/3"),
            "somebody",
        ),
        (format!("unix:{socket}"), "default"),
        (
            format!("redis+unix://somebody:p%40ss%3Aw0rd@{socket}?db=3"),
            "somebody",
        ),
    ] {
        let program = server.start(&[("ROVER_TEST_REDIS", &url)]);
        assert_eq!(
            program.given("call", json!(["acl", "whoami"])),
            name,
            "{url}"
        );
        program.given("set", json!(["where", &url]));
        let database = if name == "somebody" { "3" } else { "0" };
        assert_eq!(server.says(&["-n", database, "get", "where"]), url);
    }
    let failed = |url: &str| {
        let program = server.start(&[("ROVER_TEST_REDIS", url)]);
        program.failed("get", json!(["k"]))
    };
    let refused = failed(&format!("redis://somebody:secret@{host}"));
    assert_eq!(refused["kind"], "connect", "{refused}");
    assert_eq!(refused["code"], "WRONGPASS", "{refused}");
    assert_eq!(refused["retryable"], false, "{refused}");
    assert!(!refused.to_string().contains("secret"), "{refused}");
    let none = failed(&format!("redis://{host}/4000"));
    assert_eq!(none["kind"], "connect", "{none}");
    let nobody = failed("redis://127.0.0.1:1");
    assert_eq!(nobody["kind"], "connect", "{nobody}");
    assert_eq!(nobody["retryable"], true, "{nobody}");
    let nowhere = failed("unix:/nowhere/redis.sock");
    assert_eq!(nowhere["kind"], "connect", "{nowhere}");
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn tls() {
    let server = Server::new();
    let url = variable("ROVER_TEST_REDIS_TLS");
    let authority = variable("ROVER_TEST_REDIS_AUTHORITY");
    let authority = std::fs::read_to_string(authority).expect("a certificate");
    let address = ("ROVER_TEST_REDIS", url.as_str());
    let program = server.start(&[address, ("ROVER_TEST_CA", &authority)]);
    assert_eq!(program.given("call", json!(["ping"])), "PONG");
    assert_eq!(program.get("/large"), json!({"count": 4, "same": true}));
    let program = server.start(&[address, ("ROVER_TEST_VERIFY", "no")]);
    assert_eq!(program.given("call", json!(["ping"])), "PONG");
    // An authority that the system does not know.
    let failed = server.start(&[address]).failed("get", json!(["k"]));
    assert_eq!(failed["kind"], "tls", "{failed}");
    assert_eq!(failed["retryable"], false, "{failed}");
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn the_state_by_tls() {
    // The server's certificate is for this machine: no network of its own.
    const HERE: usize = 100;
    let _server = Server::new();
    let url = variable("ROVER_TEST_REDIS_TLS");
    let authority = variable("ROVER_TEST_REDIS_AUTHORITY");
    let authority = std::fs::read_to_string(authority).expect("a certificate");
    let one = One::start_at(HERE, &url, Some(&authority));
    assert_eq!(one.json("POST /count/n"), json!({"sum": 1}));
    assert_eq!(one.json("GET /values/n"), json!({"value": 1}));
    // An authority that the system does not know.
    let mut unknown = command(HERE);
    unknown.env("ROVER_STATE", &url);
    let told = unknown.output().expect("it runs");
    let text = String::from_utf8_lossy(&told.stderr);
    assert!(!told.status.success(), "{text}");
    let why = "state: localhost: TLS failed: invalid peer certificate: UnknownIssuer";
    assert!(text.contains(why), "{text}");
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn each_worker_has_one_connection() {
    let server = Server::new();
    let program = server.start_with("4", &[]);
    // None before the first call.
    assert_eq!(server.connections(), 0);
    thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| program.get("/many/50"));
        }
    });
    assert_eq!(program.given("get", json!(["many"])), "1600");
    let connections = server.connections();
    assert!((1..=4).contains(&connections), "{connections}");
    // All of what is asked beside each other is answered to who asked.
    thread::scope(|scope| {
        for number in 0..16 {
            let program = &program;
            scope.spawn(move || {
                for round in 0..50 {
                    let text = format!("{number}.{round}");
                    assert_eq!(program.given("call", json!(["echo", text])), text);
                }
            });
        }
    });
    drop(program);
    until("they end with the program", || server.connections() == 0);
}

/// Who leaves takes nothing from the others.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_client_that_leaves() {
    let server = Server::new();
    let program = server.start_with("1", &[]);
    program.given("call", json!(["ping"]));
    for round in 0..10 {
        server.says(&["client", "pause", "100", "all"]);
        for _ in 0..8 {
            drop(program.send("/ask", &asked("call", json!(["echo", "left"]))));
        }
        let text = format!("stayed {round}");
        assert_eq!(program.given("call", json!(["echo", text])), text);
    }
    assert_eq!(server.connections(), 1);
}
