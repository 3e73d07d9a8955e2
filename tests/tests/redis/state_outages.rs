//! The server of the option `state` is not there: what becomes of requests, and of functions that run by turns.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::base::{Server, until, variable};
use crate::processes::One;

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn the_server_dies_and_comes_back() {
    let server = Server::new();
    let one = One::start(0);
    let login = one.ask("POST /session?name=ann", "");
    let cookie = login.header("set-cookie").expect("a cookie");
    let cookie = format!(
        "Cookie: {}\r\n",
        cookie.split(';').next().unwrap_or_default()
    );
    assert_eq!(one.json("GET /cached/k")["by"], "process 0");
    let key = "Idempotency-Key: k\r\n";
    assert_eq!(one.ask("POST /pay", key).status, 200);
    server.control("kill");

    // A question is an error of that question, which a program may catch.
    let tried = one.json("GET /tried/n");
    assert!(
        tried["kind"] == "closed" || tried["kind"] == "connect",
        "{tried}"
    );
    assert_eq!(tried["retryable"], true, "{tried}");
    let message = tried["message"].as_str().unwrap_or_default();
    assert!(message.starts_with("state: "), "{tried}");
    assert_eq!(one.status("GET /values/n"), 500);
    assert_eq!(one.ask("GET /session", &cookie).status, 500);
    // Without a cookie nothing is asked.
    assert_eq!(one.status("GET /session"), 200);
    // A limit lets in, or refuses where the program says so.
    assert!((0..20).all(|_| one.status("GET /limited?client=a") == 200));
    let refused = one.ask("GET /login?client=a", "");
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
    assert_eq!(refused.text(), "{\"error\":\"Service Unavailable\"}");
    // A value of a cache is made; a request with a key is refused, as nobody knows whether it has run.
    assert_eq!(
        one.status("GET /cached/other"),
        500,
        "its function asks the store"
    );
    assert_eq!(one.ask("POST /pay", key).status, 503);
    assert_eq!(
        one.status("POST /pay"),
        500,
        "without a key it runs, and asks the store"
    );
    assert_eq!(one.json("GET /alive"), json!({"who": "process 0"}));

    server.control("start");
    let started = Instant::now();
    until("it answers again", || one.status("GET /values/n") == 200);
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
    // The server has lost all; what is written is there again.
    assert_eq!(one.ask("GET /session", &cookie).status, 200);
    assert_eq!(one.json("POST /count/n"), json!({"sum": 1}));
    assert!((0..20).any(|_| one.status("GET /limited?client=a") == 429));
    until("the function runs", || {
        one.json("GET /runs")["process 0"]
            .as_u64()
            .is_some_and(|runs| runs > 2)
    });
    let (code, log) = one.0.stop();
    assert_eq!(code, Some(0), "{log}");
    let told = |line: &str| log.matches(line).count();
    assert_eq!(told("state: the server answers again"), 1, "{log}");
    assert_eq!(told("warn  state: "), 1, "{log}");
}

/// A server that has become a replica is left: its address may be another's now.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_server_that_becomes_a_replica() {
    let server = Server::new();
    let one = One::start(0);
    let ids = || {
        let list = server.says(&["client", "list", "type", "normal"]);
        let own = list.lines().filter(|line| !line.contains("cmd=client"));
        let ids = own.filter_map(|line| line.split_whitespace().next());
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    server.says(&["replicaof", "127.0.0.1", "1"]);
    let before = ids();
    assert_eq!(one.status("POST /count/n"), 500);
    until("other connections are made", || {
        one.status("POST /count/n");
        ids().iter().all(|id| !before.contains(id))
    });
    server.says(&["replicaof", "no", "one"]);
    assert_eq!(one.json("POST /count/n"), json!({"sum": 1}));
}

/// What a request has begun by its key is kept when the server is back, while its process lives.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn an_answer_is_kept_when_the_server_is_back() {
    let server = Server::new();
    let one = One::start(0);
    let pay = "POST /pay?seconds=1";
    let key = "Idempotency-Key: k\r\n";
    let first = thread::scope(|scope| {
        let first = scope.spawn(|| one.ask(pay, key));
        until("it runs", || one.json("GET /values/paid")["value"] == 1);
        server.control("kill");
        server.control("start");
        first.join().expect("an answer")
    });
    assert_eq!(first.status, 200);
    let again = one.ask(pay, key);
    assert_eq!((again.status, again.text()), (200, first.text()));
    assert_eq!(
        again.header("idempotency-replayed").as_deref(),
        Some("true")
    );
}

/// A process that the server cannot be reached from runs nothing that another may run.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_network_that_is_cut() {
    let Ok(bridge) = std::env::var("ROVER_TEST_BRIDGE") else {
        eprintln!("left out: there are no networks of their own");
        return;
    };
    let _server = Server::new();
    let [cut, other] = [0, 1].map(One::start);
    let runs = |one: &One, who: &str| one.json("GET /runs")[who].as_u64().unwrap_or(0);
    until("it runs", || runs(&cut, "process 0") > 0);
    let link = |how: &str| {
        let done = Command::new("ip")
            .args(["link", "set", &format!("{bridge}.0"), how])
            .status();
        assert!(done.expect("ip runs").success());
    };
    link("down");
    let before = runs(&other, "process 1");
    let began = Instant::now();
    while runs(&other, "process 1") < before + 3 {
        assert!(began.elapsed() < Duration::from_secs(30), "nobody runs it");
        thread::sleep(Duration::from_millis(50));
    }
    eprintln!("another runs it after {:?}", began.elapsed());
    link("up");
    let before = runs(&other, "process 0");
    until("both take turns again", || {
        // A connection that was cut is found by its time.
        runs(&other, "process 0") > before
    });
    let all = other.json("GET /runs");
    assert_eq!(all["at the same time"], Value::Null, "{all}");
}

fn starts(environment: &[(&str, &str)], program: &str) -> (Option<i32>, String, Duration) {
    let began = Instant::now();
    let mut command = Command::new(program);
    command
        .args(["--port", "0"])
        .envs(environment.iter().copied());
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told, began.elapsed())
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn what_a_start_says() {
    let server = Server::new();
    let program = env!("CARGO_BIN_EXE_state");
    let address = variable("ROVER_TEST_REDIS");
    let wrong = address.replace("redis://", "redis://somebody:wrong@");
    let (code, told, took) = starts(&[("ROVER_STATE", &wrong)], program);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("error: state: the server refuses the connection: WRONGPASS"),
        "{told}"
    );
    assert!(
        !told.contains("wrong@") && took < Duration::from_secs(5),
        "{told}"
    );
    let (code, told, _) = starts(&[("ROVER_STATE", "http://secret@h")], program);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("error: ROVER_STATE: an address begins with `redis://`"),
        "{told}"
    );
    assert!(!told.contains("secret"), "{told}");
    let (code, told, _) = starts(&[("ROVER_STATE", &address)], env!("CARGO_BIN_EXE_redis"));
    assert_eq!(code, Some(1));
    assert!(
        told.contains("error: ROVER_STATE: the program has no option `state`"),
        "{told}"
    );
    // It is waited for.
    server.control("stop");
    let (code, told, took) = starts(&[("ROVER_STATE", &address)], program);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("error: state: the server cannot be reached: 127.0.0.1:"),
        "{told}"
    );
    assert!(took >= Duration::from_secs(10), "{took:?}");
    thread::scope(|scope| {
        let one = scope.spawn(|| One::start(0));
        thread::sleep(Duration::from_secs(1));
        server.control("start");
        let one = one.join().expect("it starts");
        assert_eq!(one.json("POST /count/n"), json!({"sum": 1}));
    });
    // Without an address it is the process's own.
    server.says(&["set", "rover:tests:shared:values:n", "#41"]);
    assert_eq!(One::start(0).json("POST /count/n"), json!({"sum": 42}));
}
