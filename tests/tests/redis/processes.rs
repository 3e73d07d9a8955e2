//! Several processes of one program, whose state is on a server. `.ci/redis` gives each a network of its own where it may.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rover_tests::{PATIENCE, Process, Response, client};
use serde_json::{Value, json};

use crate::base::{Server, until, variable};

/// What a lease lasts, and what a process needs to notice.
const TAKEN_OVER: Duration = Duration::from_secs(30);

/// The command of a process: in a network of its own, if there is one.
pub(crate) fn command(number: usize) -> Command {
    let program = env!("CARGO_BIN_EXE_state");
    let networks = std::env::var("ROVER_TEST_NETWORKS").unwrap_or_default();
    let network = networks.split_whitespace().nth(number);
    let mut command = match network.and_then(|network| network.split_once('=')) {
        None => Command::new(program),
        Some((name, address)) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", name, program, "--host", address]);
            command
        }
    };
    command.args(["--port", "0", "--workers", "2"]);
    command
}

/// One of the processes.
pub(crate) struct One(pub(crate) Process);

impl One {
    pub(crate) fn start(number: usize) -> Self {
        Self::start_at(number, &variable("ROVER_TEST_STATE"), None)
    }

    /// With its state on this server, whose certificate an authority has signed.
    pub(crate) fn start_at(number: usize, state: &str, authority: Option<&str>) -> Self {
        let mut command = command(number);
        command.env("WHO", format!("process {number}"));
        command.env("ROVER_STATE", state);
        command.envs(authority.map(|pem| ("STATE_CA", pem)));
        One(Process::start(&mut command))
    }

    pub(crate) fn send(&self, request: &str, headers: &str) -> TcpStream {
        let mut stream = self.0.connect();
        stream
            .set_read_timeout(Some(TAKEN_OVER + PATIENCE))
            .expect("a timeout");
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n{headers}\r\n"
        )
        .expect("the program reads");
        stream
    }

    pub(crate) fn ask(&self, request: &str, headers: &str) -> Response {
        client::answer(&mut self.send(request, headers)).expect("an answer")
    }

    pub(crate) fn status(&self, request: &str) -> u16 {
        self.ask(request, "").status
    }

    pub(crate) fn json(&self, request: &str) -> Value {
        json_of(&self.ask(request, ""))
    }
}

fn json_of(answer: &Response) -> Value {
    let text = answer.text();
    assert!(
        (200..300).contains(&answer.status),
        "{}: {text}",
        answer.status
    );
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn three() -> [One; 3] {
    [0, 1, 2].map(One::start)
}

/// Does something in each process from several clients at once.
fn at_once<T: Send>(all: &[One], clients: usize, ask: impl Fn(&One) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let ask = &ask;
        let threads: Vec<_> = all
            .iter()
            .flat_map(|one| (0..clients).map(move |_| scope.spawn(move || ask(one))))
            .collect();
        let done = threads.into_iter().map(|thread| thread.join());
        done.map(|done| done.expect("no panic")).collect()
    })
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn stores_are_the_same_for_all() {
    let _server = Server::new();
    let all = three();
    let sums = at_once(&all, 4, |one| {
        let sums = (0..10).map(|_| one.json("POST /count/n")["sum"].as_u64());
        sums.map(Option::unwrap).collect::<Vec<_>>()
    });
    let mut sums: Vec<u64> = sums.into_iter().flatten().collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=120).collect::<Vec<_>>());
    at_once(&all, 4, |one| {
        (0..5).for_each(|_| assert_eq!(one.status("POST /list/l"), 204));
    });
    assert_eq!(all[1].json("GET /list/l"), json!({"count": 60}));
    let added = at_once(&all, 4, |one| one.json("POST /add/first")["added"] == true);
    assert_eq!(added.iter().filter(|added| **added).count(), 1);
    let there = all[0].json("POST /ends/short?ttl=1");
    assert_eq!(
        there,
        json!({"keys": ["first", "l", "n", "short"], "size": 4})
    );
    until("it ends by the server's clock", || {
        all[2].json("GET /values/short")["value"].is_null()
    });
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn limits_count_all_requests() {
    let _server = Server::new();
    let all = three();
    let statuses = at_once(&all, 4, |one| one.status("GET /limited?client=a"));
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 6);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 6);
    let other = all[0].ask("GET /limited?client=b", "");
    assert_eq!(other.status, 200);
    assert_eq!(
        other.header("ratelimit").as_deref(),
        Some("\"limited\";r=5;t=14400")
    );
    let refused = all[1].ask("GET /limited?client=a", "");
    let wait: u64 = refused
        .header("retry-after")
        .and_then(|w| w.parse().ok())
        .unwrap();
    assert!((14_300..=14_400).contains(&wait), "{wait}");
    // By the address of the client.
    let statuses = at_once(&all, 2, |one| one.status("GET /addresses"));
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn sessions_are_the_same_for_all() {
    let _server = Server::new();
    let [a, b, c] = three();
    let login = a.ask("POST /session?name=ann", "");
    let cookie = login.header("set-cookie").expect("a cookie");
    let cookie = format!(
        "Cookie: {}\r\n",
        cookie.split(';').next().unwrap_or_default()
    );
    assert_eq!(
        json_of(&b.ask("GET /session", &cookie)),
        json!({"name": "ann"})
    );
    assert_eq!(c.ask("DELETE /session", &cookie).status, 204);
    for one in [&a, &b, &c] {
        let name = json_of(&one.ask("GET /session", &cookie))["name"].clone();
        assert_eq!(name, Value::Null);
    }
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn values_are_made_once() {
    let _server = Server::new();
    let all = three();
    for key in ["a", "b", "c"] {
        let request = format!("GET /cached/{key}?seconds=0.1");
        let by = at_once(&all, 8, |one| one.json(&request)["by"].clone());
        assert!(by.iter().all(|other| *other == by[0]), "{by:?}");
        let made = all[0].json(&format!("GET /values/made%20{key}"));
        assert_eq!(made, json!({"value": 1}), "{key}");
    }
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn requests_with_a_key_run_once() {
    let _server = Server::new();
    let all = three();
    let pay = |one: &One, key: &str, request: &str| {
        one.ask(request, &format!("Idempotency-Key: {key}\r\n"))
    };
    let answers = at_once(&all, 4, |one| {
        let answer = pay(one, "one", "POST /pay?seconds=0.2");
        (answer.status, answer.text())
    });
    let paid: Vec<_> = answers
        .iter()
        .filter(|(status, _)| *status == 200)
        .collect();
    assert!(paid.iter().all(|answer| *answer == paid[0]), "{paid:?}");
    assert!(
        answers
            .iter()
            .all(|(status, _)| [200, 409].contains(status))
    );
    for one in &all {
        let again = pay(one, "one", "POST /pay?seconds=0.2");
        assert_eq!(again.text(), paid[0].1);
        assert_eq!(
            again.header("idempotency-replayed").as_deref(),
            Some("true")
        );
        assert_eq!(pay(one, "one", "POST /pay?seconds=0.3").status, 422);
    }
    assert_eq!(all[0].json("GET /values/paid"), json!({"value": 1}));
    // The answer is there for all when the first client has it.
    for number in 0..20 {
        let key = format!("at once {number}");
        let first = pay(&all[number % 3], &key, "POST /pay").text();
        assert_eq!(pay(&all[(number + 1) % 3], &key, "POST /pay").text(), first);
    }
}

fn runs(one: &One, who: usize) -> u64 {
    one.json("GET /runs")[format!("process {who}")]
        .as_u64()
        .unwrap_or(0)
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn functions_run_by_turns() {
    let _server = Server::new();
    let [a, b, c] = three();
    let began = Instant::now();
    let total = |one: &One| (0..3).map(|who| runs(one, who)).sum::<u64>();
    until("it runs", || total(&a) >= 10);
    // 200 ms are between two: it takes longer than its period.
    let most = began.elapsed().as_millis() as u64 / 200 + 2;
    assert!(total(&a) <= most, "{} of {most}", total(&a));
    // A process that stops leaves it to the others at once.
    a.0.stop();
    let before = total(&b);
    let stopped = Instant::now();
    until("others run it", || total(&b) > before + 2);
    assert!(
        stopped.elapsed() < Duration::from_secs(5),
        "{:?}",
        stopped.elapsed()
    );
    b.0.stop();
    let before = runs(&c, 2);
    until("the last one runs it", || runs(&c, 2) > before + 2);
    let runs = c.json("GET /runs");
    assert_eq!(runs["at the same time"], Value::Null, "{runs}");
}

/// A minute passes.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_time_of_cron_is_one_run() {
    let _server = Server::new();
    let all = three();
    let minutes = || {
        let runs = all[0].json("GET /runs");
        let runs = runs.as_object().expect("a table").clone();
        let minutes = runs
            .into_iter()
            .filter(|(name, _)| name.starts_with("minute"));
        minutes.collect::<Vec<_>>()
    };
    let began = Instant::now();
    while minutes().is_empty() {
        assert!(
            began.elapsed() < Duration::from_secs(75),
            "no minute begins"
        );
        thread::sleep(Duration::from_millis(100));
    }
    // All have asked.
    thread::sleep(Duration::from_millis(500));
    let minutes = minutes();
    assert!(minutes.iter().all(|(_, count)| *count == 1), "{minutes:?}");
}

/// A process is killed that makes a value, answers a request with a key, and runs a function.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn what_a_dead_process_had_others_get() {
    let server = Server::new();
    let mut first = One::start(0);
    until("it runs the function", || runs(&first, 0) > 0);
    let pay = |one: &One| one.send("POST /pay?seconds=100", "Idempotency-Key: k\r\n");
    let (_value, _paid) = (first.send("GET /cached/k?seconds=100", ""), pay(&first));
    until("it makes the value", || {
        first.json("GET /values/made%20k")["value"] == 1
    });
    until("it is paid", || {
        first.json("GET /values/paid")["value"] == 1
    });
    let [second, third] = [1, 2].map(One::start);
    let paid = |one: &One| {
        one.ask("POST /pay?seconds=100", "Idempotency-Key: k\r\n")
            .status
    };
    assert_eq!(paid(&second), 409);
    until("it runs", || {
        !server.says(&["keys", "*:running:*"]).is_empty()
    });
    first.0.signal("KILL");
    until("it is gone", || !first.0.runs());
    let killed = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            let by = second.json("GET /cached/k")["by"].clone();
            eprintln!("the value after {:?}", killed.elapsed());
            assert_ne!(by, "process 0");
        });
        scope.spawn(|| {
            while runs(&third, 1) + runs(&third, 2) == 0 {
                assert!(killed.elapsed() < TAKEN_OVER, "nobody runs the function");
                thread::sleep(Duration::from_millis(50));
            }
            eprintln!("the function after {:?}", killed.elapsed());
        });
        scope.spawn(|| {
            let free = || server.says(&["keys", "*:answer:*"]).is_empty();
            while !free() {
                assert!(killed.elapsed() < TAKEN_OVER, "nobody may pay");
                thread::sleep(Duration::from_millis(50));
            }
            eprintln!("the key after {:?}", killed.elapsed());
        });
    });
    assert_eq!(third.json("GET /values/made%20k")["value"], 2);
    let runs = third.json("GET /runs");
    assert_eq!(runs["at the same time"], Value::Null, "{runs}");
}

/// Keys that others have written are errors of who asks for them, or nobody's.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn what_others_have_written() {
    let server = Server::new();
    let one = One::start(0);
    let write =
        |key: &str, value: &str| server.says(&["set", &format!("rover:tests:{key}"), value]);
    for value in ["", "x", "s", "#x", "o\u{1}\u{1}\u{1}\u{1}", "a99999"] {
        write("shared:values:k", value);
        let tried = one.json("GET /tried/k");
        // No bytes are `nil`, which a cache keeps so.
        let is_told = tried["kind"] == "query" || value.is_empty() && tried == json!({});
        assert!(is_told, "{value}: {tried}");
        if !value.is_empty() {
            assert_eq!(one.status("POST /count/k"), 500, "{value}");
        }
    }
    server.says(&["lpush", "rover:tests:shared:values:list", "a"]);
    let tried = one.json("GET /tried/list");
    assert_eq!(tried["kind"], "query", "{tried}");
    assert!(
        tried["message"]
            .as_str()
            .is_some_and(|text| text.contains("WRONGTYPE")),
        "{tried}"
    );
    // Of a session nothing is known then.
    let login = one.ask("POST /session?name=ann", "");
    let cookie = login.header("set-cookie").expect("a cookie");
    let cookie = format!(
        "Cookie: {}\r\n",
        cookie.split(';').next().unwrap_or_default()
    );
    let key = server.says(&["keys", "rover:tests:session:*"]);
    server.says(&["set", &key, "short"]);
    assert_eq!(
        json_of(&one.ask("GET /session", &cookie)),
        json!({"name": null})
    );
    // Nobody knows whether a request has run.
    let pay = |one: &One| one.ask("POST /pay", "Idempotency-Key: k\r\n").status;
    assert_eq!(pay(&one), 200);
    let key = server.says(&["keys", "rover:tests:answer:*"]);
    server.says(&["set", &key, "x"]);
    assert_eq!(pay(&one), 503);
}

/// A server that gives no more room says so, and what is there can be read.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_server_without_room() {
    let server = Server::new();
    let one = One::start(0);
    one.json("POST /count/n");
    server.says(&["config", "set", "maxmemory", "1"]);
    assert_eq!(one.status("POST /count/n"), 500);
    assert_eq!(one.json("GET /values/n"), json!({"value": 1}));
    assert_eq!(one.status("GET /limited?client=a"), 200);
    assert_eq!(one.status("GET /login?client=a"), 503);
    server.says(&["config", "set", "maxmemory", "0"]);
    assert_eq!(one.json("POST /count/n"), json!({"sum": 2}));
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_socket_of_the_file_system() {
    let _server = Server::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_state"));
    let socket = format!("unix:{}", variable("ROVER_TEST_REDIS_SOCKET"));
    command.args(["--port", "0"]).env("ROVER_STATE", socket);
    let one = One(Process::start(&mut command));
    assert_eq!(one.json("POST /count/n"), json!({"sum": 1}));
}
