//! Requests to the fuzzed programs, in both of their forms.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::{cell::RefCell, rc::Rc};

use rover::TestClient;
use serde_json::Value;

use crate::Program;
use crate::programs::{RANDOM, fuzz};

thread_local! {
    static BOTH: OnceCell<[TestClient; 2]> = const { OnceCell::new() };
    static ROUTED: RefCell<HashMap<usize, Rc<TestClient>>> = RefCell::default();
}

fn client(app: Program) -> TestClient {
    let app = app().log_level(rover::LogLevel::Off);
    app.client().expect("the program loads")
}

/// The answers to what a connection sends: those of the specialised program, which has all
/// at one time; the program as it is written has it in two parts, and answers alike.
pub(super) fn exchange(input: &[u8], cut: usize) -> Vec<u8> {
    BOTH.with(|both| {
        let [specialised, written] =
            both.get_or_init(|| [client(fuzz::app), client(fuzz::reference::app)]);
        let (first, second) = input.split_at(cut);
        let whole = specialised.exchange(vec![input.to_vec()]);
        let whole = whole.expect("the program answers");
        let parts = written.exchange(vec![first.to_vec(), second.to_vec()]);
        let parts = parts.expect("the program answers");
        assert_alike(&whole, &parts, input);
        whole
    })
}

/// The status and body of the only answer.
pub(super) fn post(path: &str, content_type: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: t\r\nX-Request-Id: f\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    let cut = request.len();
    request.extend_from_slice(body);
    let response = crate::Response::parse(&exchange(&request, cut));
    (response.status, response.body)
}

/// The route that a program of random routes finds, which all answer with their own name,
/// and the program's routes.
pub(super) fn routed(
    program: usize,
    method: &str,
    path: &str,
) -> (Option<String>, &'static [&'static str]) {
    let program = program % RANDOM.len();
    let (app, routes) = RANDOM[program];
    let client = ROUTED.with_borrow_mut(|clients| {
        let known = clients.entry(program);
        Rc::clone(known.or_insert_with(|| Rc::new(client(app))))
    });
    let response = client.request(&method.to_uppercase(), path).send();
    let response = response.expect("the program answers");
    let found = (response.status() == 200).then(|| response.text());
    (found, routes)
}

/// Fails unless two streams of answers are the same, but for what may differ between two
/// runs, and the order of fields where there is none.
fn assert_alike(ours: &[u8], theirs: &[u8], input: &[u8]) {
    let [mut ours, mut theirs] = [ours, theirs].map(|answer| {
        let lines = String::from_utf8_lossy(answer).replace(CONTINUE, "");
        let lines = lines.split("\r\n").map(str::to_owned);
        lines.filter(|line| !differs(line)).collect::<Vec<String>>()
    });
    ours.iter_mut()
        .zip(&mut theirs)
        .for_each(|(ours, theirs)| drop_same_json(ours, theirs));
    assert_eq!(
        ours,
        theirs,
        "{:?} in the two forms, the second in two parts",
        String::from_utf8_lossy(input)
    );
}

/// Sent where a body is waited for.
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// A line of a head that two runs may have different.
fn differs(line: &str) -> bool {
    let names = ["date: ", "etag: ", "x-request-id: "];
    let line = line.to_ascii_lowercase();
    names.iter().any(|name| line.starts_with(name))
}

/// Takes the JSON with which two lines begin away, where it is the same: a body, which the
/// next answer follows directly.
fn drop_same_json(ours: &mut String, theirs: &mut String) {
    let first = |line: &str| {
        let mut values = serde_json::Deserializer::from_str(line).into_iter::<Value>();
        let value = values.next()?.ok()?;
        Some((value, values.byte_offset()))
    };
    if let (Some((our, at)), Some((their, end))) = (first(ours), first(theirs))
        && ours != theirs
        && our == their
    {
        ours.drain(..at);
        theirs.drain(..end);
    }
}
