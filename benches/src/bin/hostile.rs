//! Hostile handlers by the hundred thousand: no request may end the process, and good ones
//! are answered right in between.
//!
//! `cargo run --release -p rover-benches --bin hostile -- --requests 1000000`
//!
//! `--only TEXT` takes the programs whose path has the text, `--clients N` asks from so many
//! threads, `--deadline-programs` includes those that are stopped by their deadline, each of
//! which takes 50 ms.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lexopt::prelude::*;

rover::app!(mod program = "../tests/contract/hostile/routes.lua");

const GOOD: &str = r#"{"good":true,"n":42}"#;
/// One of so many hostile requests is followed by a good one on a connection of its own.
const GOOD_EVERY: u64 = 8;

struct Settings {
    requests: u64,
    clients: u64,
    only: String,
    deadline_programs: bool,
    serve: Option<u16>,
}

fn settings() -> Result<Settings, lexopt::Error> {
    let mut settings = Settings {
        requests: 20_000,
        clients: 4,
        only: String::new(),
        deadline_programs: false,
        serve: None,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("requests") => settings.requests = parser.value()?.parse()?,
            Long("clients") => settings.clients = parser.value()?.parse()?,
            Long("only") => settings.only = parser.value()?.string()?,
            Long("deadline-programs") => settings.deadline_programs = true,
            Long("serve") => settings.serve = Some(parser.value()?.parse()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(settings)
}

fn main() -> ExitCode {
    let settings = match settings() {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match settings.serve {
        Some(port) => serve(port),
        None => ask(&settings),
    }
}

fn serve(port: u16) -> ExitCode {
    let app = program::app().bind("127.0.0.1", port).workers(1);
    match app.log_level(rover::LogLevel::Off).run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn start(address: SocketAddr) -> Child {
    let this = std::env::current_exe().expect("the program's path");
    let port = address.port().to_string();
    let child = Command::new(this).args(["--serve", &port]).spawn();
    let child = child.expect("the server starts");
    let patience = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < patience, "the server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

/// An answer's status and body; nothing where the connection ended without.
fn get(address: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.get(9..12)?.parse().ok()?;
    Some((status, body.to_owned()))
}

fn names(address: SocketAddr, group: &str) -> Vec<String> {
    let (_, body) = get(address, &format!("/kinds/{group}")).expect("the list of programs");
    let names: Vec<String> = serde_json::from_str(&body).expect("a list");
    names
        .iter()
        .map(|name| format!("/{group}/{name}"))
        .collect()
}

fn ask(settings: &Settings) -> ExitCode {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let mut child = start(address);
    let mut groups = vec![("fail", 500_u16), ("fine", 200)];
    if settings.deadline_programs {
        groups.push(("stop", 503));
        if !cfg!(debug_assertions) {
            groups.push(("release", 503));
        }
    }
    let paths: Vec<(String, u16)> = groups
        .iter()
        .flat_map(|(group, status)| {
            names(address, group)
                .into_iter()
                .map(|path| (path, *status))
        })
        .filter(|(path, _)| path.contains(&settings.only))
        .collect();
    let (sent, wrong) = (AtomicU64::new(0), AtomicU64::new(0));
    let started = Instant::now();
    let client = || {
        loop {
            let number = sent.fetch_add(1, Ordering::Relaxed);
            if number >= settings.requests || wrong.load(Ordering::Relaxed) > 20 {
                return;
            }
            // A step that shares no factor with the number of programs mixes them.
            let (path, status) = &paths[(number.wrapping_mul(7919) % paths.len() as u64) as usize];
            let answer = get(address, path);
            // On a slow machine what would fail may be late before.
            let given = answer.as_ref().map(|(status, _)| *status);
            if given != Some(*status) && (given, *status) != (Some(503), 500) {
                wrong.fetch_add(1, Ordering::Relaxed);
                println!("{path}: {answer:?} instead of {status}");
            }
            if number % GOOD_EVERY == 0 {
                let good = get(address, "/good");
                if good
                    .as_ref()
                    .is_none_or(|(status, body)| *status != 200 || body != GOOD)
                {
                    wrong.fetch_add(1, Ordering::Relaxed);
                    println!("/good after {path}: {good:?}");
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..settings.clients {
            scope.spawn(client);
        }
    });
    let asked = sent.load(Ordering::Relaxed).min(settings.requests);
    let ended = child.try_wait().expect("the server's state");
    println!(
        "{asked} requests to {} programs in {:.0} s: {} wrong answers, {} deaths",
        paths.len(),
        started.elapsed().as_secs_f64(),
        wrong.load(Ordering::Relaxed),
        u8::from(ended.is_some()),
    );
    let _ = child.kill();
    let _ = child.wait();
    match ended.is_none() && wrong.load(Ordering::Relaxed) == 0 {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
