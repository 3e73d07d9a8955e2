//! A plan that is served without rustc answers as the compiled program does, byte for byte: the
//! contract's cases, the examples, and every route of the random sets.

use std::fs;
use std::path::{Path, PathBuf};

use rover::{App, LogLevel, TestClient};
use rover_build::{Form, Plan, compile_form};
use rover_tests::programs::{EXAMPLES, PROGRAMS, RANDOM};
use rover_tests::{Case, IN_MEMORY, Program, Server, parse, without_addresses};

/// The plan of a manifest, as another process would be given it.
fn plan(manifest: &Path, form: Form) -> Plan {
    let compiled = compile_form(manifest, form).unwrap_or_else(|why| panic!("{why}"));
    let bytes = compiled.plan.to_bytes().expect("a plan can be stored");
    let read = Plan::from_bytes(&bytes).expect("what was stored is read");
    assert_eq!(read, compiled.plan, "{manifest:?} changes on its way");
    read
}

/// The two engines with one program.
struct Engines {
    name: String,
    compiled: Server,
    served: Server,
}

impl Engines {
    fn start(name: &str, compiled: Program, manifest: &Path, form: Form) -> Self {
        let quiet = |app: App| Server::start(app.environment(IN_MEMORY).log_level(LogLevel::Off));
        Engines {
            name: name.to_owned(),
            compiled: quiet(compiled()),
            served: quiet(plan(manifest, form).into()),
        }
    }

    fn compare(&self, title: &str, request: &[u8]) -> Option<String> {
        // Told where the case does not end.
        println!("{}: {title}", self.name);
        let [compiled, served] = [&self.compiled, &self.served].map(|engine| {
            let answer = engine.raw(request);
            comparable(&String::from_utf8_lossy(&answer))
        });
        (compiled != served).then(|| {
            let name = &self.name;
            format!("{name}: {title}: compiled:\n{compiled}\nserved:\n{served}\n")
        })
    }
}

/// Headers that tell the time.
const TIMES: [&str; 3] = ["date", "ratelimit", "retry-after"];

/// An answer without what is another at every start: the time, ids that the server makes, and
/// the addresses of Lua's values.
fn comparable(answer: &str) -> String {
    let lines = answer.split('\n').map(|line| {
        let name = line.split(':').next().unwrap_or_default();
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match TIMES.iter().any(|time| is(time)) {
            true => format!("{name}: -"),
            false if is("set-cookie") => without_random(line),
            false => without_addresses(&without_ids(line)),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A cookie without what is random or encrypted in it, of which the length stays.
fn without_random(line: &str) -> String {
    let parts = line.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
    let shown = parts.map(|part| match part.len() > 32 {
        true => format!("({} bytes)", part.len()),
        false => part.to_owned(),
    });
    shown.collect()
}

/// Without `0123abcd-45`.
fn without_ids(line: &str) -> String {
    let is_id = |at: usize| {
        let start = at.checked_sub(8)?;
        let digits = line.as_bytes().get(start..at)?;
        let hex = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let counter = line[at + 1..].bytes().take_while(u8::is_ascii_digit);
        let counter = counter.count();
        (digits.iter().all(hex) && counter > 0).then_some((start, at + 1 + counter))
    };
    let mut ids = line.match_indices('-').filter_map(|(at, _)| is_id(at));
    match ids.next() {
        Some((start, end)) => format!("{}-{}", &line[..start], without_ids(&line[end..])),
        None => line.to_owned(),
    }
}

fn cases_of(engines: &Engines, file: &Path, failures: &mut Vec<String>) -> usize {
    let text = fs::read_to_string(file).expect("every program has its requests");
    let cases = parse(&text);
    // What is answered by chance says so.
    let is_certain = |case: &&Case| !case.title.ends_with("at random");
    for case in cases.iter().filter(is_certain) {
        failures.extend(engines.compare(&case.title, &case.request));
    }
    cases.len()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn told(failures: &[String]) {
    assert!(failures.is_empty(), "{}\n", failures.join("\n"));
}

#[test]
fn the_contract() {
    let (mut failures, mut count) = (Vec::new(), 0);
    for (name, compiled, reference) in PROGRAMS {
        let folder = root().join("contract").join(name);
        let (manifest, requests) = (folder.join("routes.lua"), folder.join("requests.http"));
        for (form, app) in [(Form::Specialised, compiled), (Form::Reference, reference)] {
            let engines = Engines::start(&format!("{name}, {form:?}"), *app, &manifest, form);
            count += cases_of(&engines, &requests, &mut failures);
        }
    }
    told(&failures);
    assert!(count > 400, "only {count} cases were found");
}

#[test]
fn the_examples() {
    let mut failures = Vec::new();
    for (name, compiled, _) in EXAMPLES {
        let manifest = root().join(format!("../examples/{name}/routes.lua"));
        let engines = Engines::start(name, *compiled, &manifest, Form::Specialised);
        let requests = root().join(format!("examples/{name}.http"));
        cases_of(&engines, &requests, &mut failures);
    }
    told(&failures);
}

/// Paths of up to four segments, of those that the routes know and others.
fn paths() -> Vec<String> {
    let mut paths = vec![String::new()];
    let mut from = 0;
    for _ in 0..4 {
        let longer = paths[from..].iter().flat_map(|path| {
            let segments = ["a", "b", "c", "x", "", "%61"].iter();
            segments.map(move |segment| format!("{path}/{segment}"))
        });
        let longer: Vec<String> = longer.collect();
        from = paths.len();
        paths.extend(longer);
    }
    paths
}

/// The function that routes are compiled into and the table that is walked find the same.
#[test]
fn both_routers() {
    let folder = std::env::temp_dir().join(format!("rover-routers-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let manifest = folder.join("routes.lua");
    let quiet = |app: App| app.log_level(LogLevel::Off).client().expect("it starts");
    let (paths, mut found) = (paths(), 0);
    for (compiled, routes) in RANDOM {
        let definitions = routes
            .iter()
            .map(|route| format!("api.{route} = function() return '{route}' end\n"));
        let definitions: String = definitions.collect();
        let text = format!("local api = rover.server {{}}\n{definitions}return api\n");
        fs::write(&manifest, text).expect("a file");
        let served = quiet(plan(&manifest, Form::Specialised).into());
        let compiled = quiet(compiled());
        for path in &paths[1..] {
            for method in ["GET", "POST", "PUT", "DELETE"] {
                let answer = |client: &TestClient| {
                    let answer = client.request(method, path).send().expect("an answer");
                    let allowed = answer.header("allow").map(str::to_owned);
                    (answer.status(), allowed, answer.text())
                };
                let (compiled, served) = (answer(&compiled), answer(&served));
                found += usize::from(compiled.0 == 200);
                assert_eq!(compiled.0, served.0, "{method} {path}");
                if compiled.0 != 404 {
                    assert_eq!(compiled, served, "{method} {path}");
                }
            }
        }
    }
    assert!(found > 1000, "only {found} requests found a route");
    fs::remove_dir_all(&folder).expect("a folder of ours");
}
