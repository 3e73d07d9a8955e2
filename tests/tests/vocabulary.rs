//! What programs find is what the vocabulary's rows say: in the compiler's VM, in a worker's while
//! the program loads, and in a request.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rover::{LogLevel, TestClient};
use rover_build::Form;
use rover_build::vocabulary::{Kind, Word, words};
use rover_tests::programs::vocabulary;

/// Names and types as a program finds them: `string.upper` and `function`.
type Found = BTreeMap<String, String>;

/// The words of the library by their rows, and whether each is a function, where that is known.
fn library() -> BTreeMap<String, Option<bool>> {
    let names = rover_build::vocabulary::library_names();
    let there = words().iter().filter(|word| names.contains(&word.path()));
    let there = there.map(|word| {
        let is_function = match word.kind {
            Kind::Function => Some(true),
            Kind::Value | Kind::Table => Some(false),
            _ => None,
        };
        (word.path(), is_function)
    });
    there.collect()
}

fn is_as_rows_say(found: &Found, whose: &str) {
    let rows = library();
    let names: BTreeSet<&String> = found.keys().collect();
    let wanted: BTreeSet<&String> = rows.keys().collect();
    let unknown: Vec<_> = names.difference(&wanted).collect();
    let absent: Vec<_> = wanted.difference(&names).collect();
    assert!(
        unknown.is_empty() && absent.is_empty(),
        "{whose}: without a row: {unknown:?}; not there: {absent:?}"
    );
    for (name, kind) in found {
        if let Some(is_function) = rows[name] {
            assert_eq!(
                kind == "function",
                is_function,
                "{whose}: {name} is a {kind}"
            );
        }
    }
}

#[test]
fn the_compiler_has_the_library_of_the_rows() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract/vocabulary/routes.lua");
    let compiled = rover_build::compile_form(&manifest, Form::Specialised).expect("it compiles");
    let patterns = compiled.app.routes.iter().map(|route| route.pattern());
    let found: Found = patterns
        .filter_map(|pattern| {
            let (kind, word) = pattern.strip_prefix("/words/")?.split_once('/')?;
            Some((word.to_owned(), kind.to_owned()))
        })
        .collect();
    is_as_rows_say(&found, "the compiler's VM");
}

fn ask(client: &TestClient, method: &str, path: &str) -> Found {
    let response = client
        .request(method, path)
        .body("x")
        .send()
        .expect("an answer");
    assert_eq!(response.status(), 200, "{path}: {}", response.text());
    serde_json::from_str(&response.text()).expect("an object of texts")
}

fn client(app: rover_tests::Program) -> TestClient {
    app()
        .log_level(LogLevel::Off)
        .client()
        .expect("a program that starts")
}

#[test]
fn a_request_has_the_library_of_the_rows() {
    for app in [vocabulary::app, vocabulary::reference::app] {
        // Its routes are the words that it finds: a worker that finds others does not start.
        is_as_rows_say(&ask(&client(app), "GET", "/running"), "a request");
    }
}

/// What a row of a class's member is to a program.
fn type_of(word: &Word) -> &'static str {
    match word.kind {
        Kind::Method | Kind::Function => "function",
        _ if word.of_type.ends_with("Builder") => "table",
        // What a server has before it is given hooks are paths.
        _ if word.owner == "rover.Server" => "nil",
        _ => "string",
    }
}

#[test]
fn objects_have_the_members_of_their_rows() {
    let client = client(vocabulary::app);
    for (object, class) in [
        ("ctx", "rover.Ctx"),
        ("body", "rover.Body"),
        ("response", "rover.Response"),
        ("guard", "rover.Guard"),
        ("schema", "rover.Schema"),
        ("server", "rover.Server"),
        ("redirect", "rover.RedirectBuilder"),
        ("json", "rover.JsonBuilder"),
    ] {
        let named = |word: &&Word| word.owner == class && word.is_there();
        let members = words().iter().filter(named);
        let members = members.filter(|w| !matches!(w.kind, Kind::Call | Kind::AnyField));
        let rows: Found = members
            .map(|word| (word.name.to_owned(), type_of(word).to_owned()))
            .collect();
        assert!(!rows.is_empty(), "{class}");
        let names: Vec<&str> = rows.keys().map(String::as_str).collect();
        let names = names.join(",");
        let found = ask(&client, "POST", &format!("/members/{object}?names={names}"));
        assert_eq!(found, rows, "{class}");
    }
}

#[test]
fn cookies_have_the_options_of_their_rows() {
    let client = client(vocabulary::app);
    let found = ask(&client, "GET", "/cookie");
    let (_, options) = found["message"].split_once("there is: ").expect("a list");
    let rows = words()
        .iter()
        .filter(|word| word.owner == "rover.CookieOptions");
    let rows: Vec<&str> = rows.map(|word| word.name).collect();
    assert_eq!(options, rows.join(", "));
}
