//! The fuzz targets: what must hold for any bytes. `fuzz/` gives them to libFuzzer,
//! `tests/fuzz.rs` to the kept corpora and some changes of those.
//!
//! Wherever there are two who must agree, both are asked: the program in both of its forms,
//! serde_json, LuaJIT, a naive router, a schema of the compiler's and the same of the VM's.

mod exchange;

use std::path::PathBuf;

use mlua::{Lua, LuaString, MultiValue};
use rover_build::{Form, compile_form};
use serde_json::Value;

use crate::router::naive;
use exchange::{exchange, post, routed};

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 8] = [
    ("requests", requests),
    ("router", router),
    ("json", json),
    ("guard", guard),
    ("forms", forms),
    ("values", values),
    ("manifest", manifest),
    ("pattern", pattern),
];

thread_local! {
    static LUA: Lua = Lua::new();
}

/// Any bytes on a connection: answers are HTTP, none tells of a fault of the server's, and
/// they are the same where the bytes come in two parts.
pub fn requests(data: &[u8]) {
    // The first byte says where the cut is.
    let Some((&cut, data)) = data.split_first() else {
        return;
    };
    let answer = exchange(data, usize::from(cut) * data.len() / 256);
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

/// Paths, made of parts that the routes know and others: the route is the naive one.
pub fn router(data: &[u8]) {
    const PARTS: [(&str, &str); 8] = [
        ("a", "a"),
        ("b", "b"),
        ("c", "c"),
        ("x", "x"),
        ("%61", "a"),
        ("%2F", "/"),
        ("%C3%A9", "\u{e9}"),
        ("+", "+"),
    ];
    let Some((&first, data)) = data.split_first() else {
        return;
    };
    let method = ["get", "post", "put"][usize::from(first / 64) % 3];
    let (mut raw, mut segments) = ("/".to_owned(), vec![String::new()]);
    for byte in data.iter().take(64) {
        if byte % 2 == 0 {
            raw.push('/');
            segments.push(String::new());
            continue;
        }
        let (written, meant) = PARTS[usize::from(byte / 2) % PARTS.len()];
        raw.push_str(written);
        segments.last_mut().expect("a segment").push_str(meant);
    }
    if raw == "/" {
        segments.clear();
    }
    let (found, routes) = routed(usize::from(first % 64), method, &raw);
    assert_eq!(
        found.as_deref(),
        naive(routes, method, &segments),
        "{method} {raw}"
    );
}

/// A value as Lua holds it: numbers are doubles, fields are not null.
fn in_lua(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(in_lua).collect(),
        Value::Object(map) => {
            let fields = map.into_iter().filter(|(_, value)| !value.is_null());
            fields.map(|(key, value)| (key, in_lua(value))).collect()
        }
        other => other,
    }
}

/// A body of JSON: it is taken where serde_json takes it, and comes back as what serde_json
/// has read.
pub fn json(data: &[u8]) {
    let theirs = serde_json::from_slice::<Value>(data);
    let (status, body) = post("/echo", "application/json", data);
    post("/field", "application/json", data);
    match (status, theirs) {
        (200, Ok(theirs)) => {
            let ours: Value = serde_json::from_slice(&body).expect("JSON");
            let ours = ours.get("value").cloned().expect("it is kept");
            assert_eq!(in_lua(ours), in_lua(theirs), "{data:?}");
        }
        (400, Err(_)) => {}
        // The answer is one level deeper.
        (500, Ok(_)) if depth(data) == 128 => {}
        (status, theirs) => panic!("{status} for {theirs:?}: {data:?}"),
    }
}

/// How deep the brackets of a JSON text are nested.
fn depth(text: &[u8]) -> usize {
    let (mut deepest, mut depth, mut quoted, mut escaped) = (0, 0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// A body of JSON against a schema: the one that the compiler saw, the same made by the VM,
/// and that on the value as Lua has it.
pub fn guard(data: &[u8]) {
    let ask = |path| {
        let (status, body) = post(path, "application/json", data);
        assert!(matches!(status, 200 | 400), "{status} for {data:?}");
        (status, String::from_utf8_lossy(&body).into_owned())
    };
    let text = String::from_utf8_lossy(data);
    let seen = ask("/guard");
    assert_eq!(seen, ask("/guard/made"), "{text}");
    // What is no JSON fails elsewhere, and Lua has no fields that are null.
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(data).is_ok();
    if is_json && !text.contains("null") {
        assert_eq!(seen, ask("/guard/value"), "{text}");
    }
}

/// A form: the first line is the content type, the rest the body.
pub fn forms(data: &[u8]) {
    let end = data.iter().position(|b| *b == b'\n').unwrap_or(0);
    let kind: String = data[..end].iter().map(|b| char::from(b & 0x7f)).collect();
    let kind: String = kind.chars().filter(|c| !c.is_control()).collect();
    let body = &data[(end + 1).min(data.len())..];
    for kind in [
        kind.as_str(),
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ] {
        let (status, _) = post("/form", kind, body);
        // Without a body there is no form: the answer to that is 400, too.
        assert!(
            matches!(status, 200 | 400 | 413 | 415),
            "{status} for {kind:?}"
        );
    }
}

/// A Lua value, built by a stack machine: its JSON is JSON, the same from `rover.json` as in
/// an answer, or the handler failed.
pub fn values(data: &[u8]) {
    let (status, body) = post("/value", "application/octet-stream", data);
    match status {
        // A few bytes make a table that holds others a million times over.
        200 if body.len() > 64 << 10 => {
            serde_json::from_slice::<serde::de::IgnoredAny>(&body).expect("JSON");
        }
        200 => {
            let value: Value = serde_json::from_slice(&body).expect("JSON");
            let result = value.get("result").cloned().unwrap_or(Value::Null);
            let text = value["text"].as_str().expect("a text");
            let again: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(result, again, "{data:?}");
        }
        500 | 503 | 400 => {}
        other => panic!("{other}"),
    }
}

/// A manifest: the compiler says what is wrong with it, or compiles it; the same in both forms.
pub fn manifest(data: &[u8]) {
    let folder = std::env::temp_dir().join(format!("rover-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a writable folder");
    let path: PathBuf = folder.join("routes.lua");
    std::fs::write(&path, data).expect("a writable file");
    let [ours, theirs] = [Form::Specialised, Form::Reference].map(|form| {
        let failure = compile_form(&path, form).err();
        failure.map(|failure| failure.to_string())
    });
    assert_ne!(ours.as_deref(), Some(""));
    assert_eq!(ours, theirs);
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

fn text(lua: &Lua, value: mlua::Value) -> Vec<u8> {
    let text: LuaString = lua
        .coerce_string(value)
        .expect("a string or number")
        .expect("a string or number");
    text.as_bytes().to_vec()
}
