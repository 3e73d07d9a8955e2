//! Rover beside its rivals: the same routes, the same load, CPU time per request.
//!
//! `compare [--seconds N] [--rounds N] [--only rover,bun,...] [--works echo,...] [--connections 100,1000] [--dry]`
//!
//! `--only` takes the names that the table has, as `--only "rover,raw hyper"`.
//!
//! The server runs on the first core and the load on the second. What is not installed is
//! installed into the target folder where that can be done (Bun and Deno by npm, oha by
//! cargo, Go, nginx and wrk by apt-get for root), and left out with a word where not.
//! Writes `docs/comparison.md` and its plots, unless `--dry`.

mod load;
mod report;
mod rivals;
mod work;

use std::path::Path;

use lexopt::{Arg, Parser, ValueExt};

use rover_benches::Failure;
use rover_benches::process::raise_descriptor_limit;
use rover_benches::wrk::{self, Load, Percentiles};

use rivals::Rival;
use work::Work;

/// Requests per second of the open-loop load, the same for everybody.
const OPEN_LOOP_RATE: u32 = 5000;
/// Allocators take memory in steps of megabytes, which few connections would not fill.
const IDLE_CONNECTIONS: usize = 8000;

struct Options {
    seconds: u32,
    rounds: u32,
    only: Option<Vec<String>>,
    works: Vec<Work>,
    connections: Vec<u32>,
    dry: bool,
}

/// What one rival did with one work at one number of connections.
struct Measurement {
    rival: &'static str,
    work: Work,
    connections: u32,
    load: Load,
    /// CPU microseconds for each request.
    user: f64,
    system: f64,
    /// Resident, in MiB, right after the load.
    memory: f64,
}

/// What does not depend on the work.
struct Character {
    rival: &'static str,
    version: String,
    /// Milliseconds from the start of the process to its first answer.
    start: f64,
    /// Kilobytes that an idle connection adds, after it had an answer.
    idle: f64,
    /// At the fixed rate, where the generator is there.
    open_loop: Vec<(Work, Percentiles)>,
}

fn main() -> Result<(), Failure> {
    let options = options()?;
    raise_descriptor_limit()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tools = rivals::Tools::prepare(root)?;
    let mut rivals = Vec::new();
    for rival in rivals::chosen(&tools, |name| options.wants(name)) {
        match rival {
            Ok(rival) => rivals.push(rival),
            Err(missing) => eprintln!("left out: {missing}"),
        }
    }
    for rival in &rivals {
        check(rival, &options.works)?;
    }
    let mut measurements = Vec::new();
    for &work in &options.works {
        for &connections in &options.connections {
            measurements.extend(compare(&rivals, work, connections, &options)?);
        }
    }
    let mut characters = Vec::new();
    for rival in &rivals {
        characters.push(character(rival, &options, &tools)?);
    }
    let report = report::markdown(&measurements, &characters, &options);
    println!("{report}");
    if !options.dry {
        report::write(&root.join("../docs"), &report, &measurements)?;
    }
    Ok(())
}

fn options() -> Result<Options, Failure> {
    let mut options = Options {
        seconds: 5,
        rounds: 3,
        only: None,
        works: Work::ALL.to_vec(),
        connections: vec![100, 1000],
        dry: false,
    };
    let mut parser = Parser::from_env();
    let list = |text: String| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("seconds") => options.seconds = parser.value()?.parse()?,
            Arg::Long("rounds") => options.rounds = parser.value()?.parse::<u32>()?.max(1),
            Arg::Long("only") => options.only = Some(list(parser.value()?.string()?)),
            Arg::Long("works") => {
                let names = list(parser.value()?.string()?);
                let works = names.iter().map(|name| Work::named(name));
                options.works = works.collect::<Result<_, _>>()?;
            }
            Arg::Long("connections") => {
                let counts = list(parser.value()?.string()?);
                options.connections = counts.iter().map(|n| n.parse()).collect::<Result<_, _>>()?;
            }
            Arg::Long("dry") => options.dry = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

impl Options {
    fn wants(&self, rival: &str) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|names| names.iter().any(|name| name == rival))
    }
}

/// Every rival must give the same answers before their times mean anything.
fn check(rival: &Rival, works: &[Work]) -> Result<(), Failure> {
    let (server, _) = rival.start()?;
    for work in works.iter().filter(|work| rival.does(**work)) {
        let (status, body) = server.ask(&work.request())?;
        let value: serde_json::Value = serde_json::from_slice(&body)?;
        if (status, &value) != (work.status(), &work.answer()) {
            return Err(format!("{}: {work:?} answers {status} {value}", rival.name).into());
        }
    }
    Ok(())
}

/// In turns, so that what else the machine does falls on everybody; the round with the
/// median of CPU time counts.
fn compare(
    rivals: &[Rival],
    work: Work,
    connections: u32,
    options: &Options,
) -> Result<Vec<Measurement>, Failure> {
    let able: Vec<&Rival> = rivals.iter().filter(|rival| rival.does(work)).collect();
    let mut rounds: Vec<Vec<Measurement>> = able.iter().map(|_| Vec::new()).collect();
    for _ in 0..options.rounds {
        for (rival, rounds) in able.iter().zip(&mut rounds) {
            let measured = measure(rival, work, connections, options.seconds)?;
            eprintln!(
                "{work:?} {connections} {}: {:.2} + {:.2} us",
                rival.name, measured.user, measured.system
            );
            rounds.push(measured);
        }
    }
    Ok(rounds
        .into_iter()
        .map(|mut rounds| {
            rounds.sort_by(|a, b| (a.user + a.system).total_cmp(&(b.user + b.system)));
            rounds.swap_remove(rounds.len() / 2)
        })
        .collect())
}

fn measure(
    rival: &Rival,
    work: Work,
    connections: u32,
    seconds: u32,
) -> Result<Measurement, Failure> {
    let (server, _) = rival.start()?;
    let asked = (work.name(), work.body());
    wrk::load(server.port, asked, connections, 2)?;
    let before = server.cpu()?;
    let load = wrk::load(server.port, asked, connections, seconds)?;
    let after = server.cpu()?;
    let each = |seconds: f64| seconds * 1e6 / load.requests as f64;
    Ok(Measurement {
        rival: rival.name,
        work,
        connections,
        user: each(after.user - before.user),
        system: each(after.system - before.system),
        memory: server.memory()? / 1024.0,
        load,
    })
}

fn character(
    rival: &Rival,
    options: &Options,
    tools: &rivals::Tools,
) -> Result<Character, Failure> {
    let mut starts = Vec::new();
    for _ in 0..5 {
        let (server, start) = rival.start()?;
        starts.push(start.as_secs_f64() * 1e3);
        drop(server);
    }
    starts.sort_by(f64::total_cmp);
    let (server, _) = rival.start()?;
    let request = Work::Echo.request().replace("connection: close\r\n", "");
    let idle = server.idle_connections(IDLE_CONNECTIONS, &request)?;
    let mut open_loop = Vec::new();
    if let Some(oha) = &tools.oha {
        let works = options.works.iter().copied();
        for work in works.filter(|work| work.has_latencies() && rival.does(*work)) {
            let rate = load::oha(oha, server.port, work, OPEN_LOOP_RATE, options.seconds)?;
            open_loop.push((work, rate));
        }
    }
    Ok(Character {
        rival: rival.name,
        version: rival.version.clone(),
        start: starts[starts.len() / 2],
        idle,
        open_loop,
    })
}
