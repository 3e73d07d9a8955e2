//! The process's limit of connections, and what waits for one.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::base::{Base, answer, until, variable};

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn a_full_pool_is_an_error_of_its_own() {
    let base = Base::new();
    let program = base.start(&[("ROVER_TEST_MOST", "2"), ("ROVER_TEST_TIMEOUT", "0.2")]);
    let held = base.holding("select pg_advisory_lock(1)");
    // Both connections wait.
    let wait = json!({"steps": [{"how": "value", "sql": "select pg_advisory_xact_lock(1)"}]});
    let first = program.send("/transaction", &wait);
    until("one waits", || {
        base.connections("wait_event_type = 'Lock'") == 1
    });
    let second = program.send("/transaction", &wait);
    until("both wait", || {
        base.connections("wait_event_type = 'Lock'") == 2
    });
    let refused = thread::scope(|scope| {
        let asked = scope.spawn(|| program.post("/transaction", &wait));
        asked.join().expect("an answer")
    });
    assert_eq!(refused["failed"]["kind"], "pool", "{refused}");
    assert_eq!(refused["failed"]["retryable"], true);
    drop(held);
    assert!(answer(first)["failed"].is_null());
    drop(second);
    until("there is room again", || {
        program.post("/transaction", &wait)["failed"].is_null()
    });
    assert!(base.connections("true") <= 2);
}

/// A statement that stands by itself has another connection than the transaction that it is written in. Where there
/// is no other, it would wait for itself.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn a_transaction_does_not_wait_for_itself() {
    let base = Base::new();
    let asked = json!({"steps": [
        {"how": "value", "sql": "select 1", "outside": true},
        {"again": true},
        {"how": "value", "sql": "select 2"},
    ]});
    let alone = base.start(&[("ROVER_TEST_MOST", "1")]);
    let done = alone.post("/transaction", &asked);
    let message = "it would wait for the transaction that it is in: use `tx`";
    for step in 0..2 {
        let told = done["seen"][step]["failed"]["raised"].to_string();
        assert!(told.contains(message), "{done}");
    }
    assert_eq!(done["seen"][2], 2, "{done}");
    let more = base.start(&[("ROVER_TEST_MOST", "3")]);
    let done = more.post("/transaction", &asked);
    assert_eq!(
        done["seen"],
        json!([{"ok": 1}, {"ok": "begun"}, 2]),
        "{done}"
    );
}

/// With one connection in all, everything takes its turn.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn no_more_connections_than_the_process_may_have() {
    for most in [1, 2, 3] {
        let base = Base::new();
        let program = base.start(&[
            ("ROVER_TEST_MOST", &most.to_string()),
            ("ROVER_TEST_TIMEOUT", "60"),
        ]);
        let add = json!({"steps": [
            {"how": "exec", "sql": "update accounts set balance = balance + 1 where name = 'a'"},
        ]});
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let done = program.post("/transaction", &add);
                        assert!(done["failed"].is_null(), "{done}");
                        assert_eq!(program.given("value", "select 1", json!([])), 1);
                    }
                });
            }
            // One that is being closed is told for a moment longer.
            for _ in 0..20 {
                until("there are no more", || base.connections("true") <= most);
            }
        });
        assert_eq!(
            base.sql("select balance from accounts where name = 'a'"),
            "180"
        );
    }
}

/// A statement that waits for somebody else keeps nobody waiting, even on a single worker.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn a_slow_statement_keeps_no_other_waiting() {
    let base = Base::new();
    let program = base.start(&[("ROVER_WORKERS", "1")]);
    let held = base.holding("select pg_advisory_lock(1)");
    let slow = json!({"how": "value", "sql": "select pg_advisory_lock_shared(1)"});
    let waiting: Vec<_> = (0..3).map(|_| program.send("/sql", &slow)).collect();
    until("they wait", || {
        base.connections("wait_event_type = 'Lock'") >= 1
    });
    // A statement that is sent within 10 ms of another one follows it.
    thread::sleep(Duration::from_millis(100));
    for number in 0..20 {
        assert_eq!(
            program.given("value", "select $1::int", json!([number])),
            number
        );
    }
    drop(held);
    for stream in waiting {
        assert!(answer(stream)["failed"].is_null());
    }
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn connections_are_encrypted() {
    let base = Base::new();
    let encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    let with = |query: &str| {
        let url = base.url().replace("127.0.0.1", "localhost") + query;
        let mut command = base.command(&[]);
        command.env("ROVER_TEST_DATABASE", url);
        command
    };
    let authority = variable("ROVER_TEST_POSTGRES_AUTHORITY");
    for (query, wanted) in [
        (
            format!("?sslmode=verify-full&sslrootcert={authority}"),
            true,
        ),
        (format!("?sslrootcert={authority}"), true),
        ("?sslmode=disable".to_owned(), false),
    ] {
        let program = crate::base::Program(rover_tests::Process::start(&mut with(&query)));
        assert_eq!(
            program.given("value", encrypted, json!([])),
            wanted,
            "{query}"
        );
    }
    // Nobody of the system's authorities has signed its certificate.
    let output = with("?sslmode=require").output().expect("an end");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && told.contains("certificate"),
        "{told}"
    );
    // A socket of the file system.
    let folder = variable("ROVER_TEST_POSTGRES_SOCKET").replace('/', "%2F");
    let url = base.url();
    let (_, place) = url.split_once("@127.0.0.1").expect("an address");
    let mut command = base.command(&[]);
    command.env(
        "ROVER_TEST_DATABASE",
        format!("postgres://postgres@{folder}{place}"),
    );
    let program = crate::base::Program(rover_tests::Process::start(&mut command));
    assert_eq!(
        program.given("value", "select inet_client_addr() is null", json!([])),
        true
    );
}
