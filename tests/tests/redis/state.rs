//! The option `state`: what the contract says of state holds where that is in memory and where it is on a server.

use std::fs;
use std::path::{Path, PathBuf};

use rover::{App, LogLevel};
use rover_build::{Form, compile_form};
use rover_tests::{Case, Server as Serving, parse};

use crate::base::{Server, variable};

/// Cases of the contract that keep state.
const CASES: [&str; 11] = [
    "admission_at_once",
    "cache",
    "csrf",
    "idempotent",
    "rate_limit",
    "rate_limit_hooks",
    "rate_limit_proxied",
    "sessions",
    "sessions_rotated",
    "sessions_shared",
    "shared",
];

/// What is another thing on a server: how much room there is, and what else the function of an update does.
const OF_MEMORY: [&str; 3] = [
    "what was used least recently goes",
    "or an error",
    "the function of an update cannot wait",
];

fn contract(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("contract")
        .join(name)
}

/// A program of the contract with the option `state`.
fn with_state(name: &str, form: Form) -> App {
    let folder = std::env::temp_dir().join(format!("rover-state-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for entry in fs::read_dir(contract(name)).expect("the case is there") {
        let path = entry.expect("a file").path();
        let to = folder.join(path.file_name().expect("a name"));
        fs::copy(&path, &to).expect("a copy");
    }
    let manifest = folder.join("routes.lua");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    assert_eq!(text.matches("rover.server {").count(), 1, "{name}");
    let text = text.replace("rover.server {", "rover.server { state = \"memory\",");
    fs::write(&manifest, text).expect("a manifest is written");
    let compiled = compile_form(&manifest, form).unwrap_or_else(|why| panic!("{name}: {why}"));
    fs::remove_dir_all(&folder).expect("the folder is removed");
    App::from(compiled.plan).log_level(LogLevel::Off)
}

fn cases(name: &str) -> Vec<Case> {
    let text = fs::read_to_string(contract(name).join("requests.http"));
    parse(&text.expect("every case has its requests"))
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn the_contract_holds_in_memory_and_on_a_server() {
    let redis = Server::new();
    let mut failures = Vec::new();
    for name in CASES {
        for form in [Form::Specialised, Form::Reference] {
            for address in ["memory", &variable("ROVER_TEST_REDIS")] {
                redis.says(&["flushall"]);
                let app = with_state(name, form).state(address);
                let server = Serving::start(app.expect("it has the option"));
                let is_memory = address == "memory";
                let asked = |case: &&Case| is_memory || !OF_MEMORY.contains(&&*case.title);
                for case in cases(name).iter().filter(asked) {
                    println!("{name}, {form:?}, {address}: {}", case.title);
                    let answer = server.send(&case.request);
                    if let Some(difference) = case.difference(&answer) {
                        let title = &case.title;
                        failures.push(format!(
                            "{name}, {form:?}, {address}: {title}: {difference}"
                        ));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}\n", failures.join("\n"));
}
