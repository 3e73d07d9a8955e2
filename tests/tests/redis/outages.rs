//! A server that is killed, restarted, or does not answer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::base::{Server, answer, asked, until};

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_server_that_is_killed_comes_back() {
    let server = Server::new();
    let program = server.start_with("4", &[]);
    let (answered, lost, is_over) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let done = program.ask("incr", json!(["count"]));
                    if done["failed"].is_null() {
                        answered.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                    let failed = &done["failed"];
                    assert!(
                        failed["kind"] == "closed" || failed["kind"] == "connect",
                        "{done}"
                    );
                    assert_eq!(failed["retryable"], true, "{done}");
                    lost.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let count = || answered.load(Ordering::Relaxed);
        for round in 0..6 {
            let before = count();
            until("some are answered", || count() > before + 50);
            server.control(if round % 2 == 0 { "kill" } else { "stop" });
            server.control("start");
            let (started, before) = (Instant::now(), count());
            until("some are answered again", || count() > before);
            eprintln!("round {round}: back after {:?}", started.elapsed());
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(lost.load(Ordering::Relaxed) > 0);
    // Nothing is left over from the calls that were lost.
    for number in 0..40 {
        let text = number.to_string();
        assert_eq!(program.given("call", json!(["echo", text])), text);
    }
    assert!(server.connections() <= 4);
}

/// A connection that has ended while nobody used it costs nobody an error.
#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_connection_that_ends_unused() {
    let server = Server::new();
    let program = server.start(&[]);
    for _ in 0..20 {
        for _ in 0..4 {
            assert_eq!(program.given("call", json!(["ping"])), "PONG");
        }
        server.says(&["client", "kill", "type", "normal", "skipme", "yes"]);
        until("they have ended", || server.connections() == 0);
        // The program has seen it as soon as it answers something else.
        for _ in 0..8 {
            program.get("/alive");
        }
    }
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_server_that_does_not_answer() {
    let server = Server::new();
    let program = server.start_with("1", &[("ROVER_TEST_TIMEOUT", "300ms")]);
    program.given("call", json!(["ping"]));
    server.says(&["client", "pause", "60000", "all"]);
    let began = Instant::now();
    let waiting: Vec<_> = (0..4)
        .map(|_| program.send("/ask", &asked("get", json!(["k"]))))
        .collect();
    // The worker serves others meanwhile.
    assert_eq!(program.get("/alive"), json!({"alive": true}));
    for stream in waiting {
        let failed = answer(stream)["failed"].clone();
        assert_eq!(failed["kind"], "timeout", "{failed}");
        assert_eq!(failed["retryable"], true, "{failed}");
        let message = failed["message"].as_str().expect("a text");
        assert!(message.contains("not answered for 0.3 s"), "{message}");
    }
    assert!(began.elapsed() >= Duration::from_millis(300));
    server.says(&["client", "unpause"]);
    // Answers that come too late are nobody's.
    for number in 0..20 {
        let text = number.to_string();
        until("it answers again", || {
            program.ask("call", json!(["echo", text]))["failed"].is_null()
        });
        assert_eq!(program.given("call", json!(["echo", text])), text);
    }
}
