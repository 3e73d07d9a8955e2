//! A good client beside hostile ones, overload, restarts, and a soak of everything.
//!
//! `siege [SCENARIO...] [--seconds N]`
//!
//! Scenarios: `slow-heads slow-bodies never-read spinning spinning-anew descriptors overload
//! restarts soak`; without any, all but `soak`. Server and clients share this machine and its loopback. Ends
//! with an error where a figure is worse than promised.

mod crowd;
mod good;
mod overload;
mod restarts;
mod server;
mod soak;

use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};
use rover_benches::process::raise_descriptor_limit;

use good::Report;
use server::Server;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const ALL: [&str; 8] = [
    "slow-heads",
    "slow-bodies",
    "never-read",
    "spinning",
    "spinning-anew",
    "descriptors",
    "overload",
    "restarts",
];

fn main() -> Result<(), Failure> {
    let mut seconds = None;
    let mut scenarios: Vec<String> = Vec::new();
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("seconds") => seconds = Some(parser.value()?.parse()?),
            Arg::Value(name) => scenarios.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if scenarios.is_empty() {
        scenarios.extend(ALL.map(str::to_owned));
    }
    raise_descriptor_limit()?;
    let mut kept = true;
    for scenario in &scenarios {
        kept &= run(scenario, Duration::from_secs(seconds.unwrap_or(10)))?;
    }
    match kept {
        true => Ok(()),
        false => Err("a figure is worse than promised".into()),
    }
}

/// Runs a scenario; whether what is promised was kept.
fn run(scenario: &str, time: Duration) -> Result<bool, Failure> {
    match scenario {
        "slow-heads" => beside(scenario, time, |server| crowd::slow_heads(server, 10_000)),
        "slow-bodies" => beside(scenario, time, |server| crowd::slow_bodies(server, 1000)),
        "never-read" => beside(scenario, time, |server| crowd::never_read(server, 1000)),
        "spinning" => spinning(time),
        "spinning-anew" => beside(scenario, time, crowd::spin_anew),
        "descriptors" => {
            let server = Server::with_descriptors(256)?;
            let crowd = crowd::connects(&server, 5000)?;
            let report = good::serve(server.address(), server.workers(), time)?;
            drop(crowd);
            Ok(judge(scenario, &report))
        }
        "overload" => overload::run(time),
        "restarts" => restarts::run(100),
        "soak" => soak::run(time),
        other => Err(format!("there is no scenario `{other}`").into()),
    }
}

/// Good clients beside hostile ones.
fn beside(
    scenario: &str,
    time: Duration,
    start: impl FnOnce(&Server) -> Result<crowd::Crowd, Failure>,
) -> Result<bool, Failure> {
    let server = Server::start()?;
    let crowd = start(&server)?;
    let report = good::serve(server.address(), server.workers(), time)?;
    drop(crowd);
    Ok(judge(scenario, &report))
}

/// A good client on one worker while a handler spins on the other.
fn spinning(time: Duration) -> Result<bool, Failure> {
    let server = Server::start()?;
    let spinner = good::Client::connect(server.address())?;
    let taken = good::worker_of(&spinner)?;
    let mut others = Vec::new();
    let client = loop {
        let client = good::Client::connect(server.address())?;
        if good::worker_of(&client)? != taken {
            break client;
        }
        others.push(client);
        if others.len() > 100 {
            return Err("every connection is on one worker".into());
        }
    };
    let crowd = crowd::spin(spinner)?;
    let report = good::serve_on(client, time)?;
    drop(crowd);
    Ok(judge("spinning", &report))
}

/// Prints a good client's figures; whether they are good.
fn judge(scenario: &str, report: &Report) -> bool {
    println!("{scenario}: {report}");
    report.errors == 0 && report.p99 < Duration::from_millis(50)
}
