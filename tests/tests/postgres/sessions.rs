//! Sessions in the database: those of two processes.

use std::process::Command;
use std::thread;

use rover_tests::Process;
use rover_tests::cookies::Browser;
use serde_json::json;

use crate::base::{Base, control};

const SECRET: &str = "the secret of sessions in PostgreSQL";

fn start(base: &Base) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sessions"));
    command.args(["--port", "0", "--workers", "2"]);
    command.env("ROVER_TEST_DATABASE", base.url());
    command.env("ROVER_TEST_SECRET", SECRET);
    command.env_remove("ROVER_TEST_OLD_SECRET");
    Process::start(&mut command)
}

#[test]
#[ignore = "needs PostgreSQL: .ci/postgres"]
fn two_processes_have_the_same_sessions() {
    let base = Base::new();
    // Both make the table.
    let (one, other) = thread::scope(|scope| {
        let other = scope.spawn(|| start(&base));
        (start(&base), other.join().expect("it starts"))
    });
    let mut browser = Browser::default();
    browser.ask(&one, "POST /keep/a/1", "");
    browser.ask(&other, "POST /keep/b/2", "");
    assert_eq!(browser.data(&one), json!({ "a": "1", "b": "2" }));
    let before = browser.clone();
    browser.ask(&one, "POST /login", "");
    assert_eq!(before.clone().data(&other), json!({}));
    // What many write at once is put together.
    thread::scope(|scope| {
        for client in 0..4 {
            let mut browser = browser.clone();
            let server = if client % 2 == 0 { &one } else { &other };
            scope.spawn(move || {
                for at in 0..5 {
                    browser.ask(server, &format!("POST /keep/k{client}x{at}/1"), "");
                }
            });
        }
    });
    let data = browser.data(&one);
    assert_eq!(data.as_object().expect("an object").len(), 23);
    browser.ask(&other, "POST /old", "");
    assert!(
        browser
            .ask(&one, "GET /data", "")
            .header("set-cookie")
            .is_some()
    );
    let copy = browser.clone();
    browser.ask(&other, "POST /logout", "");
    assert_eq!(copy.clone().data(&one), json!({}));
    // Rows that have ended go with the next start.
    browser.ask(&one, "POST /rows", "");
    one.stop();
    other.stop();
    let again = start(&base);
    assert_eq!(
        browser.ask(&again, "GET /rows", "").text(),
        r#"{"count":0}"#
    );
    again.stop();
}

#[test]
#[ignore = "needs PostgreSQL: .ci/postgres"]
fn what_cannot_be_kept_is_not_answered_as_if_it_were() {
    let base = Base::alone();
    let server = start(&base);
    let mut browser = Browser::default();
    browser.ask(&server, "POST /keep/a/1", "");
    control(&["--mode", "fast", "stop"]);
    let status = browser.try_ask(&server, "POST /keep/a/2", "").status;
    control(&["start"]);
    assert_eq!(status, 500);
    assert_eq!(browser.data(&server), json!({ "a": "1" }));
    server.stop();
}
