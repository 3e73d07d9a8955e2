//! Sessions whose secrets and whose database come from the environment: what is said where they are wrong, one secret after
//! the other, several processes, restarts.

use std::path::{Path, PathBuf};
use std::process::Command;

use rover_tests::Process;
use rover_tests::cookies::Browser;
use serde_json::json;

const FIRST: &str = "the first secret of these sessions";
const SECOND: &str = "the second secret of these sessions";

fn program(database: &str, secrets: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sessions"));
    command.args(["--port", "0", "--workers", "2"]);
    command.env("ROVER_TEST_DATABASE", database);
    for (variable, at) in [("ROVER_TEST_SECRET", 0), ("ROVER_TEST_OLD_SECRET", 1)] {
        match secrets.get(at) {
            Some(secret) => command.env(variable, secret),
            None => command.env_remove(variable),
        };
    }
    command
}

/// What the program says that does not start.
fn refused(secrets: &[&str]) -> String {
    let output = program("sqlite::memory:", secrets)
        .output()
        .expect("an end");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

/// A database in a file of the test's own.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> File {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        File(folder)
    }

    fn start(&self, secrets: &[&str]) -> Process {
        let url = format!("sqlite:{}", self.0.join("sessions.db").display());
        Process::start(&mut program(&url, secrets))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_secret_that_is_missing_or_short_stops_the_start() {
    let missing = refused(&[]);
    assert!(
        missing
            .contains("`sessions`: `secret` is missing: say `secret = rover.env.SESSION_SECRET`"),
        "{missing}"
    );
    assert!(missing.contains("openssl rand -hex 32"), "{missing}");
    for (secrets, bytes) in [
        (&["short"][..], 5),
        (&[""], 0),
        (&[FIRST, "also short"], 10),
        (&[&FIRST[..31], SECOND], 31),
    ] {
        let short = refused(secrets);
        let said = format!(
            "`sessions`: `secret`: a secret must have at least 32 bytes, and this one has {bytes}: "
        );
        assert!(short.contains(&said), "{short}");
        // What was given is not shown.
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            assert!(!short.contains(secret), "{short}");
        }
    }
}

#[test]
fn secrets_take_turns_while_the_sessions_stay() {
    let file = File::new("sessions-secrets");
    let (old, both) = (file.start(&[FIRST]), file.start(&[SECOND, FIRST]));
    let mut browser = Browser::default();
    browser.ask(&old, "POST /keep/a/1", "");
    let of_old = browser.clone();
    // What the first has made is read, and gets a name by the second.
    assert_eq!(browser.data(&both), json!({ "a": "1" }));
    assert_ne!(browser.cookies, of_old.cookies);
    let of_both = browser.clone();
    assert_eq!(browser.data(&both), json!({ "a": "1" }));
    assert_eq!(browser.cookies, of_both.cookies, "once");
    assert_eq!(of_both.clone().data(&old), json!({}));
    let new = file.start(&[SECOND]);
    assert_eq!(of_both.clone().data(&new), json!({ "a": "1" }));
    assert_eq!(of_old.clone().data(&new), json!({}));
    for process in [old, both, new] {
        process.stop();
    }
}

#[test]
fn all_processes_have_them_and_they_survive() {
    let file = File::new("sessions-processes");
    let (one, other) = (file.start(&[FIRST]), file.start(&[FIRST]));
    let mut browser = Browser::default();
    browser.ask(&one, "POST /keep/a/1", "");
    browser.ask(&other, "POST /keep/b/2", "");
    assert_eq!(browser.data(&one), json!({ "a": "1", "b": "2" }));
    // A name from before the login is worth nothing in either.
    let before = browser.clone();
    browser.ask(&one, "POST /login", "");
    assert_eq!(before.clone().data(&other), json!({}));
    assert_eq!(browser.data(&other)["user"], "ann");
    one.stop();
    other.stop();
    let again = file.start(&[FIRST]);
    assert_eq!(
        browser.data(&again),
        json!({ "a": "1", "b": "2", "user": "ann" })
    );
    let copy = browser.clone();
    browser.ask(&again, "POST /logout", "");
    assert_eq!(copy.clone().data(&again), json!({}));
    again.stop();
}

#[test]
fn time_is_renewed_and_ends() {
    let file = File::new("sessions-times");
    let server = file.start(&[FIRST]);
    let mut browser = Browser::default();
    browser.ask(&server, "POST /keep/a/1", "");
    let set = |browser: &mut Browser| {
        let answer = browser.ask(&server, "GET /data", "");
        answer.header("set-cookie").is_some()
    };
    assert!(!set(&mut browser), "it is new");
    browser.ask(&server, "POST /old", "");
    assert!(set(&mut browser), "more than half of its time is over");
    assert!(!set(&mut browser), "it was renewed");
    browser.ask(&server, "POST /over", "");
    assert_eq!(browser.data(&server), json!({}));
    // What has ended is not brought back by who had read it.
    browser.ask(&server, "POST /keep/b/2", "");
    assert_eq!(browser.data(&server), json!({ "b": "2" }));
    server.stop();
}

#[test]
fn rows_that_have_ended_are_cleared_by_a_start() {
    let file = File::new("sessions-cleared");
    let server = file.start(&[FIRST]);
    let mut browser = Browser::default();
    browser.ask(&server, "POST /keep/a/1", "");
    browser.ask(&server, "POST /rows", "");
    let count = |server: &Process| Browser::default().ask(server, "GET /rows", "").text();
    assert_eq!(count(&server), r#"{"count":2}"#);
    server.stop();
    let again = file.start(&[FIRST]);
    assert_eq!(count(&again), r#"{"count":1}"#);
    assert_eq!(browser.data(&again), json!({ "a": "1" }));
    again.stop();
}
