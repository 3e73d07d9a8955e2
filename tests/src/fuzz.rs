//! The fuzz targets: what must hold for any bytes. `fuzz/` gives them to libFuzzer,
//! `tests/fuzz.rs` to the kept corpora and some changes of those.

use std::cell::OnceCell;
use std::path::PathBuf;

use mlua::{Lua, LuaString, MultiValue, Value};
use rover::TestClient;

use crate::programs::fuzz;

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("requests", requests),
    ("json", json),
    ("forms", forms),
    ("values", values),
    ("manifest", manifest),
    ("pattern", pattern),
];

thread_local! {
    static CLIENT: OnceCell<TestClient> = const { OnceCell::new() };
    static LUA: Lua = Lua::new();
}

/// The answers to what a connection sends.
fn exchange(input: Vec<u8>) -> Vec<u8> {
    CLIENT.with(|client| {
        let client = client.get_or_init(|| {
            let app = fuzz::app().log_level(rover::LogLevel::Off);
            app.client().expect("the program loads")
        });
        client.exchange(input).expect("the program answers")
    })
}

/// The status and body of the only answer.
fn post(path: &str, content_type: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: t\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    let answer = exchange(request);
    let response = crate::Response::parse(&answer);
    (response.status, response.body)
}

/// Any bytes on a connection: answers are HTTP, and none tells of a fault of the server's.
pub fn requests(data: &[u8]) {
    let answer = exchange(data.to_vec());
    if answer.is_empty() {
        return;
    }
    let response = crate::Response::parse(&answer);
    let known = matches!(
        response.status,
        100 | 200 | 204 | 304 | 400..=499 | 501 | 505
    );
    assert!(known, "{} for {data:?}", response.status);
}

/// A body of JSON: what is taken is JSON for others, too, and comes back the same.
pub fn json(data: &[u8]) {
    let (status, body) = post("/echo", "application/json", data);
    post("/field", "application/json", data);
    post("/guard", "application/json", data);
    match status {
        200 => {
            serde_json::from_slice::<serde::de::IgnoredAny>(data).expect("it is JSON");
            let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            let Some(value) = value.get("value") else {
                return;
            };
            let again = post("/echo", "application/json", value.to_string().as_bytes());
            let back: serde_json::Value = serde_json::from_slice(&again.1).expect("JSON");
            assert_eq!(back.get("value"), Some(value));
        }
        // Null bodies have no field; a text that is too deep to be answered.
        400 | 413 => {}
        500 => assert!(
            serde_json::from_slice::<serde::de::IgnoredAny>(data).is_ok(),
            "a fault for what is no JSON"
        ),
        other => panic!("{other}"),
    }
}

/// A form: the first line is the content type, the rest the body.
pub fn forms(data: &[u8]) {
    let end = data.iter().position(|b| *b == b'\n').unwrap_or(0);
    let kind: String = data[..end].iter().map(|b| char::from(b & 0x7f)).collect();
    let kind: String = kind.chars().filter(|c| !c.is_control()).collect();
    let body = &data[end..];
    for kind in [
        kind.as_str(),
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ] {
        let (status, _) = post("/form", kind, body);
        assert!(
            matches!(status, 200 | 400 | 413 | 415),
            "{status} for {kind:?}"
        );
    }
}

/// A Lua value, built by a stack machine: its JSON is JSON, or the handler failed.
pub fn values(data: &[u8]) {
    let (status, body) = post("/value", "application/octet-stream", data);
    match status {
        200 => {
            serde_json::from_slice::<serde::de::IgnoredAny>(&body).expect("JSON");
        }
        500 | 503 | 400 => {}
        other => panic!("{other}"),
    }
}

/// A manifest: the compiler says what is wrong with it, or compiles it.
pub fn manifest(data: &[u8]) {
    let folder = std::env::temp_dir().join(format!("rover-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a writable folder");
    let path: PathBuf = folder.join("routes.lua");
    std::fs::write(&path, data).expect("a writable file");
    if let Err(failure) = rover_build::compile_file(&path) {
        assert!(!failure.to_string().is_empty());
    }
}

/// A pattern and a text, which a zero byte divides, matched by us and by LuaJIT.
pub fn pattern(data: &[u8]) {
    let at = data.iter().position(|b| *b == 0).unwrap_or(data.len() / 2);
    let (pattern, subject) = data.split_at(at);
    let subject = &subject[..subject.len().min(64)];
    let Some(ours) = rover::__private::fuzzing::find(subject, pattern) else {
        return;
    };
    LUA.with(|lua| {
        let find: mlua::Function = lua
            .load("return function(s, p) return string.find(s, p) end")
            .eval()
            .expect("it compiles");
        let [s, p] = [subject, pattern].map(|text| lua.create_string(text).expect("memory"));
        // `find` looks for texts without specials as they are, zero bytes included.
        if !pattern.iter().any(|b| b"^$*+?.([%-".contains(b)) {
            return;
        }
        match (ours, find.call::<MultiValue>((s, p))) {
            (Ok(ours), Ok(theirs)) => {
                let theirs: Vec<Vec<u8>> = theirs
                    .into_iter()
                    .filter(|value| !value.is_nil())
                    .map(|value| text(lua, value))
                    .collect();
                assert_eq!(ours, theirs, "{pattern:?} in {subject:?}");
            }
            (Err(ours), Err(theirs)) => {
                let theirs = theirs.to_string();
                assert!(theirs.contains(ours), "{ours} for {theirs}: {pattern:?}");
            }
            (ours, theirs) => panic!("{ours:?} for {theirs:?}: {pattern:?} in {subject:?}"),
        }
    });
}

fn text(lua: &Lua, value: Value) -> Vec<u8> {
    let text: LuaString = lua
        .coerce_string(value)
        .expect("a string or number")
        .expect("a string or number");
    text.as_bytes().to_vec()
}
