//! The contract over real sockets: every folder of `contract/` holds a manifest and the
//! requests that are sent to it.

use std::fs;
use std::path::Path;

use rover_tests::programs::PROGRAMS;
use rover_tests::{Server, parse};

#[test]
fn contract() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract");
    let mut failures = Vec::new();
    let mut count = 0;
    for (name, app) in PROGRAMS {
        let file = folder.join(name).join("requests.http");
        let text = fs::read_to_string(&file).expect("every program has its requests");
        let server = Server::start(app().log_level(rover::LogLevel::Off));
        for case in parse(&text) {
            count += 1;
            let response = server.send(&case.request);
            if let Some(difference) = case.difference(&response) {
                failures.push(format!("{name}: {}: {difference}", case.title));
            }
        }
    }
    assert!(failures.is_empty(), "{}\n", failures.join("\n"));
    assert!(count > 100, "only {count} cases were found");
}
