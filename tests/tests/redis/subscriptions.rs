//! `redis:subscribe`: messages that others publish.

use serde_json::{Value, json};

use crate::base::{Program, Server, until};

const LISTENING: [(&str, &str); 1] = [("ROVER_TEST_LISTEN", "yes")];

/// Waits until so many connections listen.
fn until_listening(server: &Server, count: usize) {
    until("it listens", || {
        let clients = server.says(&["client", "list", "type", "pubsub"]);
        clients.lines().filter(|line| line.contains("cmd=")).count() == count
    });
}

fn until_heard(program: &Program, expected: &Value) {
    until(&expected.to_string(), || program.get("/heard") == *expected);
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn one_worker_hears_each_message_in_order() {
    let server = Server::new();
    let program = server.start_with("3", &LISTENING);
    until_listening(&server, 2);
    // The third waits, and those behind it wait for that; the fourth fails, which ends nothing.
    for text in ["one", "two", "slow", "fail", "ask"] {
        assert_eq!(server.says(&["publish", "news", text]), "1");
    }
    let news = json!(["news: one", "news: two", "news: slow", "news: ask"]);
    until_heard(&program, &news);
    until("the function asks the server", || {
        server.says(&["get", "asked"]) == "news"
    });
    assert_eq!(server.says(&["publish", "of.ann", "hello"]), "1");
    assert_eq!(server.says(&["publish", "elsewhere", "hello"]), "0");
    // The program itself publishes, too.
    assert_eq!(program.given("publish", json!(["of.", "own"])), 1);
    let mut all = news.as_array().expect("a list").clone();
    all.extend([json!("of.ann: hello"), json!("of.: own")]);
    until_heard(&program, &Value::Array(all));
    let (status, log) = program.0.stop();
    assert_eq!(status, Some(0));
    assert!(
        log.contains("redis:subscribe: ") && log.contains("on purpose"),
        "{log}"
    );
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_connection_that_is_lost_is_made_again() {
    let server = Server::new();
    let program = server.start(&LISTENING);
    until_listening(&server, 2);
    assert_eq!(server.says(&["client", "kill", "type", "pubsub"]), "2");
    until_listening(&server, 2);
    server.says(&["publish", "news", "back"]);
    until_heard(&program, &json!(["news: back"]));
    for how in ["kill", "stop"] {
        server.control(how);
        server.control("start");
        until_listening(&server, 2);
    }
    server.says(&["publish", "news", "again"]);
    until_heard(&program, &json!(["news: back", "news: again"]));
    // A stop ends what listens, also while the server is away.
    server.control("stop");
    let (status, log) = program.0.stop();
    server.control("start");
    assert_eq!(status, Some(0));
    assert!(
        log.contains("redis:subscribe \"news\": the connection was lost"),
        "{log}"
    );
    assert!(log.contains("there are messages again"), "{log}");
}
