//! Connections that end, and a network that loses and delays.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::base::{Base, Program, until};

/// A connection that has ended while nobody used it costs nobody an error.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn what_was_never_sent_is_sent_again() {
    let base = Base::new();
    let program = base.start(&[]);
    for _ in 0..10 {
        for number in 0..4 {
            assert_eq!(
                program.given("value", "select $1::int", json!([number])),
                number
            );
            let done = program.transaction(json!([{"how": "value", "sql": "select 1"}]));
            assert!(done["failed"].is_null(), "{done}");
        }
        base.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'rover' and datname = current_database()");
        base.until_connections("true", 0);
    }
}

const PASS: u8 = 0;
const HOLD: u8 = 1;
const CUT: u8 = 2;
const DELAY: u8 = 3;

/// Between a program and the server.
struct Between {
    address: SocketAddr,
    mode: Arc<AtomicU8>,
}

impl Between {
    fn new(base: &Base) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mode = Arc::new(AtomicU8::new(PASS));
        let url = base.url();
        let server = url.split(['@', '/']).nth(3).expect("a host").to_owned();
        let ways = Arc::clone(&mode);
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.expect("a connection");
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                let back = (
                    server.try_clone().expect("a copy"),
                    client.try_clone().expect("a copy"),
                );
                let (there_mode, back_mode) = (Arc::clone(&ways), Arc::clone(&ways));
                thread::spawn(move || copy(client, server, &there_mode));
                thread::spawn(move || copy(back.0, back.1, &back_mode));
            }
        });
        Between { address, mode }
    }

    fn set(&self, mode: u8) {
        self.mode.store(mode, Ordering::SeqCst);
    }

    fn start(&self, base: &Base, environment: &[(&str, &str)]) -> Program {
        let url = base.url();
        let (before, after) = url.split_once('@').expect("an address");
        let (_, name) = after.split_once('/').expect("a database");
        let url = format!("{before}@{}/{name}", self.address);
        let mut environment = environment.to_vec();
        environment.push(("ROVER_TEST_DATABASE", &url));
        base.start(&environment)
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, mode: &AtomicU8) {
    let mut buffer = [0; 4096];
    // Often, so that a change of the mode is seen.
    let _ = from.set_read_timeout(Some(Duration::from_millis(10)));
    loop {
        if mode.load(Ordering::SeqCst) == CUT {
            break;
        }
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(_) => break,
        };
        match mode.load(Ordering::SeqCst) {
            // It is lost, and nobody is told.
            HOLD => continue,
            DELAY => thread::sleep(Duration::from_millis(20)),
            _ => {}
        }
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

fn kind(answer: &Value) -> &str {
    answer["failed"]["kind"].as_str().unwrap_or("none")
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn a_network_loses_and_delays() {
    let base = Base::new();
    let between = Between::new(&base);
    let program = between.start(
        &base,
        &[
            ("ROVER_TEST_STATEMENT_TIMEOUT", "0.5"),
            ("ROVER_TEST_TIMEOUT", "1"),
        ],
    );
    let one = || program.ask("value", "select 1", json!([]));
    assert_eq!(one()["ok"], 1);
    // What is sent does not arrive: that is not waited for without end.
    between.set(HOLD);
    assert_eq!(kind(&one()), "connect");
    let steps = json!([{"how": "value", "sql": "select 1"}]);
    let lost = program.transaction(steps.clone());
    assert_eq!(kind(&lost), "connect", "{lost}");
    assert!(lost["failed"]["code"].is_null(), "{lost}");
    between.set(PASS);
    until("it is there again", || one()["ok"] == 1);
    assert_eq!(one()["ok"], 1);
    assert!(program.transaction(steps.clone())["failed"].is_null());
    // The connection ends in the middle of statements.
    for _ in 0..3 {
        let held = base.holding("update accounts set balance = 5 where name = 'a'");
        let change =
            json!({"how": "exec", "sql": "update accounts set balance = 6 where name = 'a'"});
        let waiting = program.send("/sql", &change);
        until("it waits", || {
            base.connections("wait_event_type = 'Lock'") == 1
        });
        between.set(CUT);
        let answer = crate::base::answer(waiting);
        assert_eq!(kind(&answer), "connect", "{answer}");
        assert_eq!(answer["failed"]["retryable"], true);
        assert_eq!(answer["failed"]["code"], "08007");
        between.set(PASS);
        drop(held);
        until("it is there again", || one()["ok"] == 1);
    }
    between.set(DELAY);
    thread::scope(|scope| {
        for number in 0..20 {
            let program = &program;
            scope.spawn(move || {
                let got = program.given("value", "select $1::int", json!([number]));
                assert_eq!(got, number);
            });
        }
    });
    between.set(PASS);
}
