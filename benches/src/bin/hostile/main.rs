//! Hostile handlers by the hundred thousand: no request may end the process, and good ones
//! are answered right in between.
//!
//! `cargo run --release -p rover-benches --bin hostile -- --requests 1000000`
//!
//! What a request to each program costs is measured first. Each is then asked `--least N`
//! times, and the rest of the requests is shared out so that each takes the same time: a
//! program that fills its memory costs ten thousand times what one costs that only fails.
//! `--table` prints what each costs and how often it was asked, slowest first.
//!
//! `--only TEXT` takes the programs whose path has the text, `--clients N` and `--workers N`
//! are the threads on both sides, `--deadline-programs` includes those that are stopped by
//! their deadline, each of which takes 50 ms.

mod plan;
mod server;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use rover_benches::Failure;

use plan::{Kind, Random};
use server::{Client, Server};

rover::app!(mod program = "../tests/contract/hostile/routes.lua");

const GOOD: &str = r#"{"good":true,"n":42}"#;
/// One of so many hostile requests is followed by a good one on another connection.
const GOOD_EVERY: u64 = 8;
/// After so many requests a client connects anew.
const CONNECT_EVERY: u64 = 256;
/// After so many wrong answers the rest would be, too.
const ENOUGH_WRONG: u64 = 20;
const PROGRESS: Duration = Duration::from_secs(60);

struct Settings {
    requests: u64,
    least: u64,
    clients: u64,
    workers: usize,
    only: String,
    deadline_programs: bool,
    table: bool,
    serve: Option<u16>,
}

fn settings() -> Result<Settings, lexopt::Error> {
    let mut settings = Settings {
        requests: 20_000,
        least: 10,
        clients: 4,
        workers: 2,
        only: String::new(),
        deadline_programs: false,
        table: false,
        serve: None,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("requests") => settings.requests = parser.value()?.parse()?,
            Long("least") => settings.least = parser.value()?.parse()?,
            Long("clients") => settings.clients = parser.value()?.parse()?,
            Long("workers") => settings.workers = parser.value()?.parse()?,
            Long("only") => settings.only = parser.value()?.string()?,
            Long("deadline-programs") => settings.deadline_programs = true,
            Long("table") => settings.table = true,
            Long("serve") => settings.serve = Some(parser.value()?.parse()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(settings)
}

fn main() -> Result<ExitCode, Failure> {
    let settings = settings()?;
    if let Some(port) = settings.serve {
        let app = program::app().bind("127.0.0.1", port);
        let app = app.log_level(rover::LogLevel::Warn);
        app.workers(settings.workers).run()?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut server = Server::start(settings.workers)?;
    let mut kinds = kinds(&settings, &server)?;
    plan::measure(&mut kinds, &server)?;
    plan::share_out(&mut kinds, settings.requests, settings.least);
    let outcome = ask(&settings, &server, &kinds)?;
    if settings.table {
        print_table(&kinds);
    }
    let least = kinds.iter().map(|kind| kind.count).min().unwrap_or(0);
    println!(
        "{} requests to {} programs in {:.0} s, at least {least} to each: \
         {} wrong answers, {} VMs replaced, {} deaths",
        outcome.asked,
        kinds.len(),
        outcome.took.as_secs_f64(),
        outcome.wrong,
        server.replaced(),
        u8::from(!server.lives()?),
    );
    match server.lives()? && outcome.wrong == 0 {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

/// The programs that the server has, of the groups that are asked.
fn kinds(settings: &Settings, server: &Server) -> Result<Vec<Kind>, Failure> {
    let mut groups = vec![("fail", 500_u16), ("described", 500), ("fine", 200)];
    if settings.deadline_programs {
        groups.push(("stop", 503));
        if !cfg!(debug_assertions) {
            groups.push(("release", 503));
        }
    }
    let mut client = server.connect()?;
    let mut kinds = Vec::new();
    for (group, status) in groups {
        let (_, names) = client.get(&format!("/kinds/{group}"))?;
        let names: Vec<String> = serde_json::from_slice(&names)?;
        let paths = names.iter().map(|name| format!("/{group}/{name}"));
        let asked = paths.filter(|path| path.contains(&settings.only));
        kinds.extend(asked.map(|path| Kind::new(path, status)));
    }
    match kinds.is_empty() {
        true => Err(format!("no program's path has {:?}", settings.only).into()),
        false => Ok(kinds),
    }
}

struct Outcome {
    asked: u64,
    wrong: u64,
    took: Duration,
}

/// Asks every program as often as planned, in random order.
fn ask(settings: &Settings, server: &Server, kinds: &[Kind]) -> Result<Outcome, Failure> {
    let order = plan::order(kinds, &mut Random::new());
    let (next, wrong) = (AtomicUsize::new(0), AtomicU64::new(0));
    let started = Instant::now();
    let client = || {
        let mut clients = [server.connect(), server.connect()];
        let mut number = 0;
        while wrong.load(Ordering::Relaxed) <= ENOUGH_WRONG {
            let Some(kind) = order.get(next.fetch_add(1, Ordering::Relaxed)) else {
                return;
            };
            number += 1;
            if number % CONNECT_EVERY == 0 {
                clients = [server.connect(), server.connect()];
            }
            let kind = &kinds[usize::from(*kind)];
            let [hostile, good] = &mut clients;
            let mut faults = vec![fault(hostile, &kind.path, |answer| kind.expects(answer))];
            if number % GOOD_EVERY == 0 {
                let right = |(status, body): &Answer| *status == 200 && body == GOOD.as_bytes();
                faults.push(fault(good, "/good", right));
            }
            for fault in faults.into_iter().flatten() {
                wrong.fetch_add(1, Ordering::Relaxed);
                println!("{}: {fault}", kind.path);
                clients = [server.connect(), server.connect()];
            }
        }
    };
    let asked = || next.load(Ordering::Relaxed).min(order.len()) as u64;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..settings.clients).map(|_| scope.spawn(client)).collect();
        let mut told = Instant::now();
        while !clients.iter().all(|client| client.is_finished()) {
            std::thread::sleep(Duration::from_millis(20));
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                eprintln!("{} of {} requests", asked(), order.len());
            }
        }
    });
    Ok(Outcome {
        asked: asked(),
        wrong: wrong.load(Ordering::Relaxed),
        took: started.elapsed(),
    })
}

/// A status and a body.
type Answer = (u16, Vec<u8>);

/// What is wrong with the answer to a request, if anything is.
fn fault(
    client: &mut Result<Client, Failure>,
    path: &str,
    right: impl Fn(&Answer) -> bool,
) -> Option<String> {
    let client = match client {
        Ok(client) => client,
        Err(failure) => return Some(format!("no connection: {failure}")),
    };
    match client.get(path) {
        Ok(answer) if right(&answer) => None,
        Ok((status, body)) => Some(format!(
            "{path} is {status} {}",
            String::from_utf8_lossy(&body)
        )),
        Err(failure) => Some(format!("{path} has no answer: {failure}")),
    }
}

fn print_table(kinds: &[Kind]) {
    let mut kinds: Vec<&Kind> = kinds.iter().collect();
    kinds.sort_by(|a, b| b.cost.total_cmp(&a.cost));
    println!("{:>10} {:>9}  program", "CPU in ms", "asked");
    for kind in kinds {
        println!("{:>10.3} {:>9}  {}", kind.cost * 1e3, kind.count, kind.path);
    }
}
