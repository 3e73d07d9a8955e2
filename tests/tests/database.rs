//! Databases in files: processes that share one, that end in the middle, and clients that leave.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;

use rover_tests::{Process, SmallDisk};
use serde_json::{Value, json};

/// A folder for one database, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("rover-database-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_database"));
        command.env("FILE", self.0.join("test.db")).args(arguments);
        command
    }

    fn start(&self) -> Process {
        Process::start(&mut self.program(&["--workers", "2"]))
    }

    /// Runs it until it ends by itself: whether it was content, and what it said.
    fn ended(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.program(arguments).output();
        let Output {
            status,
            stdout,
            stderr,
        } = output.expect("an end");
        let said = [stdout, stderr].concat();
        (
            status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It may be gone.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn json(process: &Process, path: &str) -> Value {
    let answer = process.get(path).expect("an answer");
    let text = answer.text();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"))
}

fn forge(process: &Process, sql: &str) {
    let encoded: String = sql.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let answer = json(process, &format!("/forge?sql={encoded}"));
    assert_eq!(answer, json!({"done": true}), "{sql}");
}

#[test]
fn of_processes_that_start_together_one_applies_the_migrations() {
    let folder = Folder::new("together");
    let logs: Vec<String> = thread::scope(|scope| {
        let starts: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let process = folder.start();
                    let applied = json(&process, "/applied");
                    let files = json!([
                        {"number": 1, "name": "0001_entries.sql"},
                        {"number": 2, "name": "0002_unique.sql"},
                    ]);
                    assert_eq!(applied, files);
                    process.stop().1
                })
            })
            .collect();
        let logs = starts
            .into_iter()
            .map(|start| start.join().expect("it started"));
        logs.collect()
    });
    // What the others logged before they listened is not in the rest of their logs.
    assert_eq!(logs.len(), 4);
    let (_, states) = folder.ended(&["--migrations"]);
    assert_eq!(
        states,
        "0001_entries.sql: applied\n0002_unique.sql: applied\n"
    );
}

#[test]
fn migrations_are_shown_and_applied_by_hand() {
    let folder = Folder::new("by-hand");
    let states = folder.ended(&["--migrations"]);
    assert_eq!(
        states,
        (
            true,
            "0001_entries.sql: missing\n0002_unique.sql: missing\n".to_owned()
        )
    );
    let applied = folder.ended(&["--migrate"]);
    assert_eq!(
        applied,
        (
            true,
            "0001_entries.sql: applied\n0002_unique.sql: applied\n".to_owned()
        )
    );
    let again = folder.ended(&["--migrate"]);
    assert_eq!(again, (true, "nothing is missing\n".to_owned()));
}

#[test]
fn a_migration_that_was_changed_stops_the_start() {
    let folder = Folder::new("changed");
    let process = folder.start();
    forge(
        &process,
        "update _rover_migrations set checksum = 'x' where number = 2",
    );
    process.stop();
    let (started, said) = folder.ended(&[]);
    assert!(
        !started && said.contains("`0002_unique.sql` was changed after it was applied"),
        "{said}"
    );
    assert!(said.contains("routes.lua:2: rover.db:"), "{said}");
    let (_, states) = folder.ended(&["--migrations"]);
    assert!(
        states.contains("0002_unique.sql: changed after it was applied"),
        "{states}"
    );
}

#[test]
fn what_a_later_version_has_applied_is_no_hindrance() {
    let folder = Folder::new("later");
    let process = folder.start();
    forge(
        &process,
        "insert into _rover_migrations (number, name, checksum) values (9, '0009_x.sql', 'y')",
    );
    process.stop();
    let process = folder.start();
    assert_eq!(json(&process, "/count"), json!({"count": 0}));
    forge(&process, "delete from _rover_migrations where number = 1");
    forge(
        &process,
        "insert into _rover_migrations (number, name, checksum) values (0, '0000_y.sql', 'y')",
    );
    process.stop();
    let (started, said) = folder.ended(&[]);
    assert!(
        !started && said.contains("`0000_y.sql`, which the program has not"),
        "{said}"
    );
}

#[test]
fn a_client_that_leaves_takes_its_transaction_with_it() {
    let folder = Folder::new("leaves");
    let process = folder.start();
    for _ in 0..5 {
        let mut stream = process.connect();
        stream
            .write_all(b"GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")
            .expect("is sent");
        // Nothing tells from outside that it has begun; whether it has does not matter to what follows.
        let waited = process.get("/wait").expect("an answer");
        let text = waited.text();
        if waited.status == 503 {
            let retry = waited.header("retry-after");
            assert_eq!(retry.as_deref(), Some("1"), "{text}");
        } else {
            assert_eq!(text, r#"{"count":0}"#);
        }
        drop(stream);
        // It is free again, however long that takes.
        while process.get("/wait").expect("an answer").status == 503 {}
        assert_eq!(json(&process, "/count"), json!({"count": 0}));
    }
}

#[test]
fn who_waits_for_the_writer_for_too_long_is_told() {
    let folder = Folder::new("full");
    let process = folder.start();
    let mut stream = process.connect();
    stream
        .write_all(b"GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")
        .expect("is sent");
    let refused = loop {
        let answer = process.get("/wait").expect("an answer");
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
    // Reads go on.
    assert_eq!(json(&process, "/count"), json!({"count": 0}));
}

#[test]
fn what_a_killed_process_had_not_kept_is_not_there() {
    let folder = Folder::new("killed");
    let process = folder.start();
    json(&process, "/add/kept");
    let mut stream = process.connect();
    stream
        .write_all(b"GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")
        .expect("is sent");
    while process.get("/wait").expect("an answer").status != 503 {}
    process.signal("KILL");
    process.end();
    let process = folder.start();
    assert_eq!(json(&process, "/count"), json!({"count": 1}));
    json(&process, "/add/held");
}

#[test]
fn an_error_at_any_statement_takes_all_back() {
    let folder = Folder::new("fails");
    let process = folder.start();
    for at in 1..=5 {
        let answer = json(&process, &format!("/fail/{at}"));
        assert_eq!(answer, json!({"ok": false, "kind": "not_null", "count": 0}));
    }
    assert_eq!(json(&process, "/fail/6"), json!({"ok": true, "count": 5}));
}

#[test]
fn what_many_clients_add_is_there_once() {
    let folder = Folder::new("many");
    let process = folder.start();
    const CLIENTS: usize = 16;
    const EACH: usize = 20;
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let process = &process;
            scope.spawn(move || {
                for number in 0..EACH {
                    // Every second client comes twice with the same text.
                    let own = client - client % 2;
                    let answer = process.get(&format!("/add/{own}-{number}"));
                    let status = answer.expect("an answer").status;
                    assert!(status == 200 || status == 500, "{status}");
                }
            });
        }
    });
    let count = json(&process, "/count");
    assert_eq!(count, json!({"count": CLIENTS / 2 * EACH}));
}

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    let folder = Folder::new("endless");
    let process = folder.start();
    for path in ["/endless", "/endless/write", "/endless/each", "/endless"] {
        assert_eq!(json(&process, path), json!({"kind": "timeout"}), "{path}");
    }
    assert_eq!(json(&process, "/count"), json!({"count": 0}));
}

/// A full disk is an error of that statement. The service goes on, and nothing that was answered is lost.
#[test]
fn a_full_disk_is_an_error_of_its_own() {
    let Some(disk) = SmallDisk::new("sqlite", 3) else {
        return;
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_database"));
    command.env("FILE", disk.path().join("test.db"));
    let process = Process::start(command.args(["--workers", "2"]));
    let fill = || json(&process, "/fill?bytes=100000");
    let mut kept = 0;
    let full = loop {
        let told = fill();
        match told["ok"].as_bool() {
            Some(true) => kept += 1,
            _ => break told,
        }
        assert!(kept < 100, "it is never full");
    };
    assert_eq!(full["kind"], "storage", "{full}");
    assert!(kept > 5);
    // Reads go on, and small writes fail or not, but never wrongly.
    for _ in 0..3 {
        kept += i64::from(fill()["ok"] == true);
        assert_eq!(json(&process, "/count"), json!({"count": kept}));
    }
    disk.grow(64);
    assert_eq!(fill(), json!({"ok": true}));
    assert_eq!(json(&process, "/count"), json!({"count": kept + 1}));
    drop(process.stop());
    let again = Process::start(command.args::<[&str; 0], &str>([]));
    assert_eq!(json(&again, "/count"), json!({"count": kept + 1}));
}
