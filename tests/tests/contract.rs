//! Requests over real sockets. Every folder of `contract/` holds a manifest and what is
//! asked of it; `examples/` holds what is asked of the examples. Both forms of a program
//! are asked: the specialised one and the one as it is written.

use std::fs;
use std::path::Path;

use rover::App;
use rover_tests::programs::{EXAMPLES, PROGRAMS};
use rover_tests::{IN_MEMORY, Program, Server, parse};

/// Sends the cases of a file to a program; gives their number.
fn ask(name: &str, app: App, file: &str, failures: &mut Vec<String>) -> usize {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&file).expect("every program has its requests");
    let server = Server::start(app.log_level(rover::LogLevel::Off));
    let cases = parse(&text);
    for case in &cases {
        // Told where the case does not end.
        println!("{name}: {}", case.title);
        let mut response = server.send(&case.request);
        // A request may wait for half a second where the machine does not let the worker run,
        // which turns it away.
        let turned_away = response.status == 503 && response.header("retry-after").is_some();
        if turned_away && case.difference(&response).is_some() {
            response = server.send(&case.request);
        }
        if let Some(difference) = case.difference(&response) {
            failures.push(format!("{name}: {}: {difference}", case.title));
        }
    }
    cases.len()
}

#[test]
fn contract() {
    let mut failures = Vec::new();
    let asked = PROGRAMS.iter().map(|(name, app, reference)| {
        let file = format!("contract/{name}/requests.http");
        ask(
            &format!("{name}, as written"),
            reference(),
            &file,
            &mut failures,
        );
        ask(name, app(), &file, &mut failures)
    });
    let count: usize = asked.sum();
    assert!(failures.is_empty(), "{}\n", failures.join("\n"));
    assert!(count > 200, "only {count} cases were found");
}

#[test]
fn examples() {
    let mut failures = Vec::new();
    for (name, app, reference) in EXAMPLES {
        let file = format!("examples/{name}.http");
        let start = |program: &Program| program().environment(IN_MEMORY);
        ask(name, start(app), &file, &mut failures);
        ask(
            &format!("{name}, as written"),
            start(reference),
            &file,
            &mut failures,
        );
    }
    assert!(failures.is_empty(), "{}\n", failures.join("\n"));
}
