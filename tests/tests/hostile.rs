//! Every program of `contract/hostile`: each costs its own request, and the one after it is
//! answered by the same server.

use rover_tests::programs::hostile;
use rover_tests::{Program, Server};

const GOOD: &str = r#"{"good":true,"n":42}"#;

fn kinds(server: &Server, group: &str) -> Vec<String> {
    let names = server.get(&format!("/kinds/{group}")).text();
    serde_json::from_str(&names).expect("a list of names")
}

fn ask(app: Program, group: &str, status: u16, body: Option<&str>) {
    let server = Server::start(app().log_level(rover::LogLevel::Off));
    let kinds = kinds(&server, group);
    assert!(!kinds.is_empty(), "no programs in {group}");
    let mut wrong = Vec::new();
    for kind in kinds {
        if std::env::var_os("ROVER_HOSTILE_SHOW").is_some() {
            eprintln!("{group}/{kind}");
        }
        let answer = server.get(&format!("/{group}/{kind}"));
        let as_expected = body.is_none_or(|body| answer.text() == body);
        if answer.status != status || !as_expected {
            wrong.push(format!("{kind}: {} {}", answer.status, answer.text()));
        }
        let good = server.get("/good");
        if good.status != 200 || good.text() != GOOD {
            wrong.push(format!("after {kind}: {} {}", good.status, good.text()));
        }
    }
    assert!(wrong.is_empty(), "{group}:\n{}", wrong.join("\n"));
}

#[test]
fn what_does_not_end_is_stopped() {
    ask(hostile::app, "stop", 503, None);
}

#[test]
fn what_fails_is_answered() {
    for app in [hostile::app, hostile::reference::app] {
        ask(app, "fail", 500, None);
        ask(app, "described", 500, None);
    }
}

#[test]
fn what_is_closed_is_not_there() {
    for app in [hostile::app, hostile::reference::app] {
        ask(app, "fine", 200, Some("true"));
    }
}
