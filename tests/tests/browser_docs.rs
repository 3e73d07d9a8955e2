//! A browser shows the page of a program's documentation, and does in it what people do. Needs
//! Chromium, and is asked for by name: `.ci/browser`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use rover_tests::Server;
use rover_tests::browser::{Browser, chromium};
use rover_tests::programs::docs;
use serde_json::json;

/// A document with what the compiler does not write, too.
fn document() -> String {
    let id = json!({
        "name": "id", "in": "path", "required": true,
        "schema": { "type": "integer", "exclusiveMinimum": 10, "multipleOf": 4 },
    });
    let colour = json!({ "name": "colour", "in": "query", "schema": { "enum": ["red", "blue"] } });
    let thing = json!({ "$ref": "#/components/schemas/Thing" });
    let answer = |schema: &serde_json::Value| json!({ "200": { "description": "Here", "content": { "application/json": { "schema": schema } } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Things </script>", "version": "1" },
        "paths": {
            "/things/{id}": {
                "get": {
                    "operationId": "getThing", "summary": "A thing", "parameters": [id, colour],
                    "security": [{ "token": [] }], "responses": answer(&thing),
                },
                "put": {
                    "operationId": "putThing", "parameters": [id],
                    "security": [{ "user": [], "key": [] }, { "token": [] }],
                    "requestBody": { "required": true, "content": { "application/json": { "schema": thing } } },
                    "responses": answer(&thing),
                },
            },
            "/open": { "get": { "operationId": "getOpen", "responses": answer(&json!({ "type": "string" })) } },
            "/written": { "post": {
                "operationId": "postWritten", "security": [{}, { "key": [] }],
                "requestBody": { "content": { "application/json": {
                    "schema": { "type": "object" }, "examples": { "one": { "value": { "written": "by hand" } } },
                } } },
                "responses": answer(&json!({})),
            } },
        },
        "components": {
            "schemas": { "Thing": { "type": "object", "properties": {
                "weight": { "type": "number", "minimum": 2, "description": "In grams, without its wrapping" },
                "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
                "made": { "type": "string", "format": "date" },
            } } },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "user": { "type": "http", "scheme": "basic" },
                "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
            },
        },
    })
    .to_string()
}

/// Serves the page, and answers other requests with what it was sent. The page may do what the
/// server says that it may.
fn serve() -> String {
    let own = Server::start(docs::app().log_level(rover::LogLevel::Off));
    let policy = own
        .get("/docs")
        .header("content-security-policy")
        .expect("a policy");
    let page = rover_model::docs::page("Things", &document());
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (page, policy) = (page.clone(), policy.clone());
            thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let start = head.len();
                    if reader.read_line(&mut head).unwrap_or(0) <= 2 {
                        break;
                    }
                    let line = head[start..].to_ascii_lowercase();
                    if let Some(value) = line.strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap_or(0);
                    }
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let (kind, text) = match head.starts_with("GET /docs") {
                    true => ("text/html; charset=utf-8", page),
                    false => ("text/plain", head + &String::from_utf8_lossy(&body)),
                };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
                     content-security-policy: {policy}\r\nconnection: close\r\n\r\n{text}",
                    text.len()
                );
                let _ = reader.get_mut().write_all(answer.as_bytes());
            });
        }
    });
    format!("http://{address}")
}

const SEARCH: &str =
    "(text => { const field = document.getElementById('search'); field.value = text;
    field.dispatchEvent(new Event('input')); })";
const SHOWN: &str = "[...document.querySelectorAll('.operation')].filter(view => !view.hidden).map(view => view.id).join()";
const FILL: &str =
    "((label, text) => { const field = document.querySelector(`#access [aria-label='${label}']`);
    field.value = text; field.dispatchEvent(new Event('input')); })";

/// What a request that the page makes for an operation sends.
fn sent(browser: &mut Browser, id: &str) -> String {
    let form = format!("document.querySelector('#{id} form.try')");
    browser.value(&format!(
        "{form}.querySelector('.result').replaceChildren(), {form}.requestSubmit()"
    ));
    browser.wait_for(&format!("{form}.querySelector('.result pre')"));
    browser.text(&format!("{form}.querySelector('.result pre').textContent"))
}

#[test]
#[ignore = "needs Chromium: see .ci/browser"]
fn people_find_and_try_what_is_documented() {
    let program = chromium().expect("Chromium is installed");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-docs");
    let mut browser = match Browser::start(&program, &folder) {
        Ok(browser) => browser,
        Err(said) => {
            eprintln!("left out: the browser does not run on this machine: {said}");
            return;
        }
    };
    let site = serve();
    let page = format!("{site}/docs");
    for (width, height) in [(1280, 900), (390, 844)] {
        browser.screen(width, height);
        browser.open(&page);
        searched(&mut browser);
        addressed(&mut browser, &page);
        given_access(&mut browser, &page);
        shows_examples(&mut browser);
        let fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        assert_eq!(browser.value(fits), true, "nothing stands out at the side");
    }
}

fn searched(browser: &mut Browser) {
    for (text, found) in [
        ("colour", "getThing"),
        ("blue", "getThing"),
        ("WRAPPING", "getThing,putThing"),
        ("parts put", "putThing"),
        ("thing", "getThing,putThing"),
        ("x-key", ""),
        ("key", "putThing,postWritten"),
        ("nothing", ""),
        ("", "getThing,putThing,getOpen,postWritten"),
    ] {
        browser.value(&format!("{SEARCH}({text:?})"));
        assert_eq!(browser.text(SHOWN), found, "{text}");
    }
    browser.value(&format!("{SEARCH}('weigh')"));
    let why = browser.text("document.querySelector('nav small:not([hidden])').textContent");
    assert_eq!(why, "weight");
    browser.value(&format!("{SEARCH}('')"));
}

fn addressed(browser: &mut Browser, page: &str) {
    browser.value("document.getElementById('getOpen').open = true");
    browser.wait_for("location.hash === '#getOpen'");
    browser.open("about:blank");
    browser.open(&format!("{page}#putThing"));
    browser.wait_for("document.querySelector('#putThing form.try')");
    assert_eq!(
        browser.value("document.getElementById('putThing').open"),
        true
    );
    assert_eq!(
        browser.value("document.getElementById('getOpen').open"),
        false
    );
    // One that the search hides is shown.
    browser.value(&format!("{SEARCH}('put'), location.hash = '#getThing'"));
    browser.wait_for("document.querySelector('#getThing form.try')");
    assert_eq!(
        browser.value("document.getElementById('getThing').hidden"),
        false
    );
    browser.value("location.hash = '#%ff'");
}

fn given_access(browser: &mut Browser, page: &str) {
    browser.value(
        "[...document.querySelectorAll('.operation')].forEach(view => { view.open = true })",
    );
    browser.wait_for("document.querySelectorAll('form.try').length === 4");
    let without = sent(browser, "getThing").to_ascii_lowercase();
    assert!(!without.contains("authorization"), "{without}");
    browser.value(&format!("{FILL}('token: token', 'abc.def')"));
    for id in ["getThing", "putThing"] {
        let request = sent(browser, id);
        assert!(
            request.contains("uthorization: Bearer abc.def\r\n"),
            "{request}"
        );
        assert!(!request.to_ascii_lowercase().contains("x-key"), "{request}");
    }
    for id in ["getOpen", "postWritten"] {
        let request = sent(browser, id).to_ascii_lowercase();
        assert!(!request.contains("authorization"), "{request}");
    }
    browser.value(&format!(
        "{FILL}('user: user', 'me'), {FILL}('user: password', 'p:\u{e4}'), {FILL}('key: X-Key', '7')"
    ));
    let request = sent(browser, "putThing");
    assert!(
        request.contains("uthorization: Basic bWU6cDrDpA==\r\n"),
        "{request}"
    );
    assert!(
        request.to_ascii_lowercase().contains("\nx-key: 7\r\n"),
        "{request}"
    );
    let curl = browser.text("document.querySelector('#putThing .copied pre').textContent");
    assert!(
        curl.contains("-H 'Authorization: Basic bWU6cDrDpA=='"),
        "{curl}"
    );
    // It is there when the page comes again, and gone when it is to be.
    browser.open("about:blank");
    browser.open(&format!("{page}#getThing"));
    browser.wait_for("document.querySelector('#getThing form.try')");
    let request = sent(browser, "getThing");
    assert!(
        request.contains("uthorization: Bearer abc.def\r\n"),
        "{request}"
    );
    let kept =
        browser.text("document.querySelector('#access [aria-label=\"user: password\"]').value");
    assert_eq!(kept, "p:\u{e4}");
    browser.value("document.querySelector('#access button').click()");
    assert_eq!(browser.value("sessionStorage.length"), 0);
    let request = sent(browser, "getThing").to_ascii_lowercase();
    assert!(!request.contains("authorization"), "{request}");
}

fn shows_examples(browser: &mut Browser) {
    browser.value(
        "[...document.querySelectorAll('.operation')].forEach(view => { view.open = true })",
    );
    browser.wait_for("document.querySelectorAll('form.try').length === 4");
    let request = sent(browser, "putThing");
    assert!(request.starts_with("PUT /things/12 "), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["weight"], 2);
    assert_eq!(body["made"], "2025-01-31");
    let request = sent(browser, "postWritten");
    assert!(
        request.ends_with("{\n  \"written\": \"by hand\"\n}"),
        "{request}"
    );
    let shown = browser.text("document.querySelector('#getThing .answer pre').textContent");
    assert!(shown.contains("\"weight\": 2"), "{shown}");
}
