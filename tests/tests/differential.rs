//! The specialised program answers like the one that was written: random programs, random
//! requests, both forms, and the specialised one served without rustc. `ROVER_DIFFERENTIAL_PROGRAMS` (at build) and
//! `ROVER_DIFFERENTIAL_REQUESTS` ask for more.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../generate.rs"]
mod generate;

use std::fs;
use std::path::Path;

use generate::{HANDLERS, Random};
use rover::{App, LogLevel, TestClient, TestResponse};
use rover_build::Form;
use rover_tests::programs::HANDLERS as PROGRAMS;
use rover_tests::without_addresses;

/// One request, sent to both.
struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
}

/// What a browser would make something else of, percent-encoded.
const INJECTIONS: [&str; 10] = [
    "",
    "plain",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%22%20onload=%22x",
    "'%60;//",
    "javascript:alert(1)",
    "%0D%0A%00%7F%FF",
    "%E2%80%A8%F0%9F%98%80",
    "a%20b%2Bc,d",
    "%26lt;%5C%22",
];

fn request(random: &mut Random, pages: bool) -> Request {
    let handler = random.below(HANDLERS);
    let value = ["1", "x", "a%20b", "%C3%A9", "a%2Fb"][random.below(5)];
    let injection = INJECTIONS[random.below(INJECTIONS.len())];
    let of_page = format!("?n={}&a={injection}", random.below(64));
    let query = [
        "",
        "?a=1",
        "?a=1&a=2",
        "?b",
        "?a=&b=2&c+d=e",
        "?a=%FF",
        "?c%20d=1&a=x%26y",
        "?a=%zz",
    ][random.below(8)];
    let query = if pages { &of_page } else { query };
    let mut headers = vec![("x-request-id", "same")];
    for header in [
        ("x-thing", "one"),
        ("X-Thing", "two"),
        ("accept", "*/*"),
        ("cookie", "s=1; t=2; s=3"),
        ("x-forwarded-for", "192.0.2.1, 127.0.0.2"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "A.example:443, b.example"),
        (
            "forwarded",
            "for=192.0.2.2;host=\"C.example:8\", for=unknown",
        ),
        ("content-type", "application/json"),
    ] {
        if random.below(2) == 0 {
            headers.push(header);
        }
    }
    let body = [
        "",
        "{\"a\":[1,null,{}]}",
        "{\"name\":\"n\",\"count\":3,\"flag\":null,\"deep\":{\"t\":\"\\u00e9\"},\"more\":1}",
        "{\"name\":\"n\",\"deep\":{\"id\":-1.5},\"count\":\"3\"}",
        "{\"rows\":[{\"id\":2,\"t\":\"\\u00e9\",\"n\":[3,4]},{\"t\":\"y\",\"o\":{\"k\":\"\"},\"id\":-1},{\"n\":[0]}]}",
        "{\"rows\":[{},null,{\"n\":[1.5]}],\"name\":\"n\"}",
        "[",
        "text",
        "3",
    ][random.below(9)];
    Request {
        method: if handler.is_multiple_of(3) {
            "POST"
        } else {
            "GET"
        },
        path: format!("/h{handler}/{value}{query}"),
        headers,
        body,
    }
}

fn send(client: &TestClient, request: &Request) -> TestResponse {
    let start = client.request(request.method, &request.path);
    let sent = request
        .headers
        .iter()
        .fold(start, |sent, (name, value)| sent.header(name, value));
    sent.body(request.body).send().unwrap()
}

/// What must be the same: status, headers but the validator of constant answers, JSON.
#[derive(Debug, PartialEq)]
struct Shown {
    status: u16,
    headers: Vec<Option<String>>,
    body: Body,
}

#[derive(Debug, PartialEq)]
enum Body {
    /// Fields that no constructor of the program names come in any order.
    Json(serde_json::Value),
    Text(String),
    /// What is not UTF-8, each byte a character.
    Bytes(String),
}

fn shown(response: &TestResponse) -> Shown {
    let names = [
        "content-type",
        "location",
        "x-made",
        "x-request-id",
        "allow",
        // Of hooks after the handler.
        "x-after",
        "x-status",
        "set-cookie",
    ];
    let header = |name: &&str| response.header(name).map(without_addresses);
    let body = match std::str::from_utf8(response.bytes()) {
        Ok(text) => {
            let text = without_addresses(text);
            serde_json::from_str(&text).map_or(Body::Text(text), Body::Json)
        }
        Err(_) => {
            let bytes = response.bytes().iter();
            Body::Bytes(without_addresses(
                &bytes.map(|b| char::from(*b)).collect::<String>(),
            ))
        }
    };
    Shown {
        status: response.status(),
        headers: names.iter().map(header).collect(),
        body,
    }
}

/// What statements of the generated handlers begin with.
const STATEMENTS: [&str; 7] = [
    "local ", "if ", "for ", "do", "shared.", "ctx:set(", "return ",
];

/// The same program with waits before some of its statements, each on the statement's line.
fn with_waits(text: &str, random: &mut Random) -> String {
    let mut waiting = String::new();
    // Inside a long string, or inside brackets that are not closed.
    let mut written = false;
    let mut before = "";
    for line in text.lines() {
        let statement = line.trim_start();
        let indent = &line[..line.len() - statement.len()];
        let begins = STATEMENTS.iter().any(|begin| statement.starts_with(begin));
        let goes_on = before.ends_with([',', '{', '(']);
        before = statement.trim_end();
        let wait =
            match !written && !goes_on && !indent.is_empty() && begins && random.below(2) == 0 {
                true => "rover.sleep(0) ",
                false => "",
            };
        waiting += &format!("{indent}{wait}{statement}\n");
        match (line.contains("[["), line.contains("]]")) {
            (true, false) => written = true,
            (_, true) => written = false,
            _ => {}
        }
    }
    for helper in ["helper(ctx)", "twice(v)", "two()"] {
        let before = format!("local function {helper} return");
        let after = format!("local function {helper} rover.sleep(0) return");
        waiting = waiting.replace(&before, &after);
    }
    waiting
}

#[test]
fn programs_that_wait_answer_like_those_that_do_not() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("waits");
    fs::create_dir_all(&folder).unwrap();
    let (mut waits, mut answers) = (0, 0);
    for (seed, (name, _, reference)) in PROGRAMS.iter().enumerate() {
        let mut random = Random::new(seed as u64 + 5000);
        let path = Path::new(name);
        let text = with_waits(&fs::read_to_string(path).unwrap(), &mut random);
        waits += text.matches("rover.sleep(0)").count();
        let manifest = folder.join(path.file_name().unwrap());
        fs::write(&manifest, text).unwrap();
        let beside = name.replace("pages_", "beside_").replace(".lua", ".html");
        if name.contains("pages_") {
            let beside = Path::new(&beside);
            fs::copy(beside, folder.join(beside.file_name().unwrap())).unwrap();
        }
        let plans = [Form::Specialised, Form::Reference].map(|form| {
            rover_build::compile_form(&manifest, form)
                .unwrap()
                .plan
                .into()
        });
        let [specialised, written]: [App; 2] = plans;
        let [without, specialised, written] = [reference(), specialised, written]
            .map(|app| app.log_level(LogLevel::Off).client().unwrap());
        for _ in 0..100 {
            let request = request(&mut random, name.contains("pages_"));
            let told = [&without, &specialised, &written].map(|client| send(client, &request));
            let [without, specialised, written] = told.each_ref().map(shown);
            let asked = (
                request.method,
                &request.path,
                &request.headers,
                request.body,
            );
            assert_eq!(without, written, "{name}, as written: {asked:?}");
            assert_eq!(without, specialised, "{name}: {asked:?}");
            answers += 1;
        }
    }
    assert!(
        waits >= 20 * PROGRAMS.len() && answers >= 1000,
        "{waits} waits"
    );
}

#[test]
fn specialised_programs_answer_like_the_written_ones() {
    let wanted = std::env::var("ROVER_DIFFERENTIAL_REQUESTS").ok();
    let requests = wanted.and_then(|text| text.parse().ok()).unwrap_or(200);
    let mut statuses = std::collections::BTreeMap::new();
    for (seed, (name, specialised, reference)) in PROGRAMS.iter().enumerate() {
        let plan = rover_build::compile_form(Path::new(name), Form::Specialised);
        let apps: [App; 3] = [specialised(), reference(), plan.unwrap().plan.into()];
        let [specialised, reference, served] =
            apps.map(|app| app.log_level(LogLevel::Off).client().unwrap());
        let pages = name.contains("pages_");
        let mut random = Random::new(seed as u64 + 1000);
        for _ in 0..requests {
            let request = request(&mut random, pages);
            let answers = [&specialised, &reference, &served].map(|client| send(client, &request));
            let [ours, theirs, served] = answers.each_ref().map(shown);
            *statuses.entry((pages, theirs.status)).or_insert(0) += 1;
            assert_eq!(
                ours, theirs,
                "{name}: {} {} {:?} {:?}",
                request.method, request.path, request.headers, request.body
            );
            let asked = (request.method, &request.path);
            assert_eq!(ours, served, "{name}, served without rustc: {asked:?}");
        }
    }
    println!("{} programs, {statuses:?}", PROGRAMS.len());
    assert!(statuses.values().sum::<usize>() >= 2000);
    // The generator is of use only while most handlers get through.
    for pages in [false, true] {
        assert!(statuses[&(pages, 200)] > 500, "{statuses:?}");
    }
}
