//! `rover.shared` and `rover.cache` in a server of several workers: all see the same, and nothing is lost of what they do at
//! the same time.

use std::collections::BTreeSet;
use std::process::Command;
use std::thread;

use rover_tests::Process;
use rover_tests::client::in_time;
use serde_json::Value;

const WORKERS: usize = 4;

/// A program in both forms.
fn each_form(case: &str, test: impl Fn(&Process)) {
    for reference in [false, true] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_case"));
        command
            .args(["--port", "0", "--workers", &WORKERS.to_string()])
            .env("ROVER_TEST_CASE", case)
            .env_remove("ROVER_TEST_REFERENCE");
        if reference {
            command.env("ROVER_TEST_REFERENCE", "1");
        }
        let server = Process::start(&mut command);
        test(&server);
        server.stop();
    }
}

fn ask(server: &Process, path: &str) -> Value {
    let response = server.get(path).expect("an answer");
    assert_eq!(response.status, 200, "{path}: {}", response.text());
    serde_json::from_str(&response.text()).expect("JSON")
}

/// Asks from several threads; all answers.
fn ask_at_once(server: &Process, path: &str, each: usize) -> Vec<Value> {
    thread::scope(|scope| {
        let asking: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| (0..each).map(|_| ask(server, path)).collect::<Vec<_>>()))
            .collect();
        let answers = asking.into_iter().map(|thread| thread.join());
        answers
            .flat_map(|answers| answers.expect("no panic"))
            .collect()
    })
}

/// The workers that have answered.
fn workers(answers: &[Value]) -> BTreeSet<&str> {
    let workers = answers
        .iter()
        .filter_map(|answer| answer["worker"].as_str());
    workers.collect()
}

/// Asks until another worker answers than one that has.
fn ask_another(server: &Process, path: &str, worker: &Value) -> Value {
    in_time(|| {
        let answer = ask(server, path);
        (answer["worker"] != *worker).then_some(answer)
    })
}

#[test]
fn workers_count_together() {
    each_form("shared", |server| {
        let answers = ask_at_once(server, "/many/count", 20);
        assert!(workers(&answers).len() > 1, "one worker has answered all");
        let last = ask(server, "/many/count");
        assert_eq!(last["count"], 8 * 20 * 100 + 100);
    });
}

#[test]
fn nothing_is_lost_of_updates_at_the_same_time() {
    each_form("shared", |server| {
        let answers = ask_at_once(server, "/many/update", 10);
        let workers = workers(&answers);
        assert!(workers.len() > 1, "one worker has answered all");
        let last = ask(server, "/many/update");
        assert_eq!(last["list"]["count"], 8 * 10 * 100 + 100);
        let by = last["list"]["by"].as_object().expect("an object");
        let sum: u64 = by.values().filter_map(Value::as_u64).sum();
        assert_eq!(sum, 8 * 10 * 100 + 100);
        assert!(workers.iter().all(|worker| by.contains_key(*worker)));
    });
}

#[test]
fn of_those_who_add_a_key_one_is_first() {
    each_form("shared", |server| {
        for key in 0..10 {
            let answers = ask_at_once(server, &format!("/many/add/{key}"), 3);
            let first = answers.iter().filter(|answer| answer["added"] == true);
            assert_eq!(first.count(), 1);
        }
    });
}

#[test]
fn what_one_worker_sets_another_sees_until_it_ends() {
    each_form("shared", |server| {
        let set = ask(server, "/many/ends/1h");
        let seen = ask_another(server, "/many/ends", &set["worker"]);
        assert_eq!(seen["value"], set["worker"]);
        ask(server, "/many/ends/20ms");
        in_time(|| ask(server, "/many/ends")["value"].is_null().then_some(()));
    });
}

#[test]
fn a_value_of_a_cache_is_made_once_by_all_workers() {
    each_form("cache", |server| {
        for key in 0..5 {
            let answers = ask_at_once(server, &format!("/many/{key}"), 3);
            assert!(workers(&answers).len() > 1, "one worker has answered all");
            let by = &answers[0]["by"];
            assert!(answers.iter().all(|answer| answer["by"] == *by));
            assert!(answers.iter().all(|answer| answer["made"] == 1));
        }
    });
}
