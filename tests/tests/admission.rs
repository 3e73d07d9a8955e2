//! Hooks that let requests in, in a server of several workers: all count together, and of requests with one key that
//! come at once one runs.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::thread;

use rover_tests::client::in_time;
use rover_tests::{Process, Response};
use serde_json::Value;

const WORKERS: usize = 4;
const CLIENTS: usize = 8;

/// The program in both forms.
fn each_form(test: impl Fn(&Process)) {
    for reference in [false, true] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_case"));
        command
            .args(["--port", "0", "--workers", &WORKERS.to_string()])
            .env("ROVER_TEST_CASE", "admission_at_once")
            .env_remove("ROVER_TEST_REFERENCE");
        if reference {
            command.env("ROVER_TEST_REFERENCE", "1");
        }
        let server = Process::start(&mut command);
        test(&server);
        server.stop();
    }
}

fn send(server: &Process, method: &str, path: &str, key: &str) -> TcpStream {
    let mut stream = server.connect();
    let key = match key {
        "" => String::new(),
        key => format!("Idempotency-Key: {key}\r\n"),
    };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{key}");
    let request = format!("{head}Content-Length: 4\r\n\r\n\0\u{1}\n\u{7f}");
    stream.write_all(request.as_bytes()).expect("it is sent");
    stream
}

fn ask(server: &Process, method: &str, path: &str, key: &str) -> Response {
    let mut answer = Vec::new();
    let mut stream = send(server, method, path, key);
    stream.read_to_end(&mut answer).expect("an answer");
    Response::parse(&answer)
}

fn json(response: &Response) -> Value {
    serde_json::from_str(&response.text()).expect("JSON")
}

/// Asks from several threads, each so often; all answers.
fn at_once(each: usize, ask: impl Fn() -> Response + Sync) -> Vec<Response> {
    thread::scope(|scope| {
        let clients =
            (0..CLIENTS).map(|_| scope.spawn(|| (0..each).map(|_| ask()).collect::<Vec<_>>()));
        let clients: Vec<_> = clients.collect();
        let answers = clients.into_iter().map(|client| client.join());
        answers
            .flat_map(|answers| answers.expect("no panic"))
            .collect()
    })
}

#[test]
fn workers_let_in_as_many_as_one() {
    each_form(|server| {
        for path in ["/limited", "/named"] {
            let answers = at_once(50, || ask(server, "GET", path, ""));
            let (let_in, refused): (Vec<_>, Vec<_>) =
                answers.iter().partition(|answer| answer.status == 200);
            assert_eq!(let_in.len(), 100, "{path}");
            assert!(refused.iter().all(|answer| answer.status == 429));
            let workers: BTreeSet<String> = let_in.iter().map(|answer| answer.text()).collect();
            assert!(workers.len() > 1, "one worker has let in all");
        }
    });
}

#[test]
fn of_requests_with_one_key_at_once_one_runs() {
    each_form(|server| {
        let answers = at_once(1, || ask(server, "POST", "/held", "at once"));
        let ran: Vec<_> = answers
            .iter()
            .filter(|answer| answer.status == 200)
            .collect();
        // The first waits until another one was refused.
        assert!(ran.len() < CLIENTS, "nobody was refused");
        for answer in &answers {
            match answer.status {
                200 => assert_eq!(json(answer)["ran"], 1),
                409 => assert_eq!(answer.header("retry-after").as_deref(), Some("1")),
                status => panic!("{status}: {}", answer.text()),
            }
        }
        let again = in_time(|| {
            let again = ask(server, "POST", "/held", "at once");
            (again.status == 200).then_some(again)
        });
        assert_eq!(json(&again)["ran"], 1);
        assert_eq!(
            again.header("idempotency-replayed").as_deref(),
            Some("true")
        );
        assert_eq!(json(&ask(server, "GET", "/ran", ""))["held"], 1);
    });
}

#[test]
fn keys_of_handlers_that_do_not_wait_run_once() {
    each_form(|server| {
        for key in 0..20 {
            let key = format!("key {key}");
            let answers = at_once(5, || ask(server, "POST", "/quick", &key));
            let kept = answers.iter().filter(|answer| answer.status == 200);
            let numbers: BTreeSet<u64> = kept
                .filter_map(|answer| json(answer)["ran"].as_u64())
                .collect();
            assert_eq!(numbers.len(), 1, "{key}");
            let others = answers.iter().filter(|answer| answer.status != 200);
            assert!(others.into_iter().all(|answer| answer.status == 409));
        }
        assert_eq!(json(&ask(server, "GET", "/ran", ""))["quick"], 20);
    });
}

#[test]
fn a_client_that_leaves_frees_its_key() {
    each_form(|server| {
        let stream = send(server, "POST", "/forever", "left");
        in_time(|| (json(&ask(server, "GET", "/ran", ""))["forever"] == 1).then_some(()));
        assert_eq!(ask(server, "POST", "/forever", "left").status, 409);
        stream.shutdown(Shutdown::Both).expect("it is open");
        drop(stream);
        // It runs again, which the count tells; that client leaves as well.
        in_time(|| {
            let stream = send(server, "POST", "/forever", "left");
            let ran = json(&ask(server, "GET", "/ran", ""))["forever"].as_u64();
            drop(stream);
            (ran >= Some(2)).then_some(())
        });
    });
}

#[test]
fn a_handler_whose_time_is_over_frees_its_key() {
    each_form(|server| {
        for _ in 0..2 {
            let answer = ask(server, "POST", "/slow", "slow");
            assert_eq!(answer.status, 503, "{}", answer.text());
        }
        assert_eq!(json(&ask(server, "GET", "/ran", ""))["slow"], 2);
    });
}

#[test]
fn an_answer_is_kept_for_its_time() {
    each_form(|server| {
        let first = json(&ask(server, "POST", "/short", "short"));
        in_time(|| {
            let answer = ask(server, "POST", "/short", "short");
            (json(&answer)["ran"] != first["ran"]).then_some(())
        });
    });
}
