//! `rover.http` asks the very program that it is part of.

use rover::LogLevel;
use rover_tests::programs::http_client;
use rover_tests::{Program, Server};
use serde_json::{Value, json};

const FORMS: [Program; 2] = [http_client::app, http_client::reference::app];

/// What a call gives, by its name.
fn expected() -> Vec<(&'static str, Value)> {
    let accept = "*/*";
    let json = "application/json";
    vec![
        (
            "get",
            json!({ "status": 200, "ok": true, "url": true, "type": json, "a": "1 2", "list": "y",
                "accept": accept }),
        ),
        (
            "json",
            json!({ "type": json, "body": "[1,\"two\",{\"three\":true}]" }),
        ),
        (
            "form",
            json!({ "type": "application/x-www-form-urlencoded", "body": "a+b=c%26d" }),
        ),
        ("body", json!({ "type": "text/x-thing", "body": "plain" })),
        ("put", json!([201, "made", "a, b"])),
        ("head", json!([200, "", "300000"])),
        ("missing", json!([404, false, "nothing here"])),
        ("moved", json!([true, "moved", 302, "/echo?from=moved"])),
        ("client", json!(["yes", json, "mine"])),
        (
            "trace",
            json!([
                "the-id",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                true,
                true
            ]),
        ),
        ("stream", json!([300000, true])),
        ("at_once", json!(["1", "2", "3", "4", "5", "6", "7", "8"])),
        (
            "timeout",
            json!({ "kind": "timeout", "retryable": true, "text": true }),
        ),
        (
            "too_large",
            json!({ "kind": "too_large", "retryable": false, "text": true }),
        ),
        (
            "refused",
            json!({ "kind": "connect", "code": "ECONNREFUSED", "retryable": true, "text": true }),
        ),
        (
            "no_json",
            json!({ "kind": "decode", "retryable": false, "text": true }),
        ),
        ("try", json!([true, "too_large"])),
    ]
}

#[test]
fn calls_give_what_the_other_server_answers() {
    for form in FORMS {
        let server = Server::start(form().log_level(LogLevel::Off));
        for (name, expected) in expected() {
            let at = server.address();
            let request = format!(
                "GET /call/{name}?at=http://{at} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\
                 X-Request-Id: the-id\r\n\
                 traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n"
            );
            let answer = server.send(request.as_bytes());
            let given: Value = serde_json::from_str(&answer.text())
                .unwrap_or_else(|_| panic!("{name}: {answer:?}"));
            assert_eq!(given, expected, "{name}");
        }
    }
}
