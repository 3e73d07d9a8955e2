//! A page with a table of 100 rows: what it costs as a template that the compiler has seen,
//! beside askama in hyper and a template that Lua parses on every request.
//!
//! `page [--seconds N] [--rounds N] [--connections N]`

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use lexopt::{Arg, Parser, ValueExt};
use rover_benches::Failure;
use rover_benches::process::Server;
use rover_benches::wrk;

struct Rival {
    name: &'static str,
    /// A binary of this package.
    binary: &'static str,
    /// As `load.lua` calls it, and as its path is called.
    work: &'static str,
}

const RIVALS: [Rival; 3] = [
    Rival {
        name: "rover",
        binary: "paged",
        work: "page",
    },
    Rival {
        name: "askama in hyper",
        binary: "paged_askama",
        work: "page",
    },
    Rival {
        name: "parsed per request",
        binary: "paged",
        work: "parsed",
    },
];

/// CPU microseconds per request.
#[derive(Clone, Copy)]
struct Cost {
    user: f64,
    system: f64,
}

fn main() -> Result<(), Failure> {
    let (mut seconds, mut rounds, mut connections) = (4, 5, 50);
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("seconds") => seconds = parser.value()?.parse()?,
            Arg::Long("rounds") => rounds = parser.value()?.parse::<u32>()?.max(1),
            Arg::Long("connections") => connections = parser.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    let release = build()?;
    let length = check(&release)?;
    let mut costs = RIVALS.map(|_| Vec::new());
    // In turns, so that what else the machine does falls on everybody.
    for _ in 0..rounds {
        for (rival, costs) in RIVALS.iter().zip(&mut costs) {
            costs.push(measure(&release, rival, connections, seconds)?);
        }
    }
    let medians = costs.map(|mut rounds| {
        rounds.sort_by(|a, b| a.user.total_cmp(&b.user));
        rounds[rounds.len() / 2]
    });
    println!("{length} bytes; us per request, median of {rounds} rounds by user time\n");
    println!("| | user | system | Rover's user time to it |\n|---|---|---|---|");
    for (rival, cost) in RIVALS.iter().zip(medians) {
        let ratio = medians[0].user / cost.user;
        let Cost { user, system } = cost;
        println!("| {} | {user:.2} | {system:.2} | {ratio:.2} |", rival.name);
    }
    Ok(())
}

/// This package's binaries, in the folder returned.
fn build() -> Result<PathBuf, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--release", "--quiet", "-p", "rover-benches"];
    let bins = ["--bin", "paged", "--bin", "paged_askama"];
    let status = Command::new(cargo).args(arguments).args(bins).status()?;
    if !status.success() {
        return Err("the servers cannot be built".into());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    let target = env::var_os("CARGO_TARGET_DIR").map_or(root, PathBuf::from);
    Ok(fs::canonicalize(target.join("release"))?)
}

fn start(release: &Path, rival: &Rival) -> Result<Server, Failure> {
    let (server, _) = Server::start(rival.name, &request(rival), |port| {
        let port = port.to_string();
        let arguments = match rival.binary {
            "paged" => vec!["--port", &port, "--workers", "1", "--log-level", "off"],
            _ => vec![port.as_str()],
        };
        let arguments = arguments.into_iter().map(OsString::from).collect();
        Ok((release.join(rival.binary), arguments))
    })?;
    Ok(server)
}

fn request(rival: &Rival) -> String {
    format!(
        "GET /{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        rival.work
    )
}

/// Everybody must give the same page before their times mean anything; the length of Rover's.
fn check(release: &Path) -> Result<usize, Failure> {
    let mut pages = Vec::new();
    for rival in &RIVALS {
        let (status, body) = start(release, rival)?.ask(&request(rival))?;
        if status != 200 {
            return Err(format!("{} answers {status}", rival.name).into());
        }
        pages.push(String::from_utf8(body)?);
    }
    // askama writes numbers where there are names.
    let named = |page: &str| {
        let page = page.replace("&#38;", "&amp;");
        page.replace("&#60;", "&lt;").replace("&#62;", "&gt;")
    };
    for (rival, page) in RIVALS.iter().zip(&pages) {
        if named(page).trim_end() != pages[0].trim_end() {
            return Err(format!("{} gives another page:\n{page}\n{}", rival.name, pages[0]).into());
        }
    }
    Ok(pages[0].len())
}

fn measure(release: &Path, rival: &Rival, connections: u32, seconds: u32) -> Result<Cost, Failure> {
    let server = start(release, rival)?;
    wrk::load(server.port, (rival.work, ""), connections, 1)?;
    let before = server.cpu()?;
    let load = wrk::load(server.port, (rival.work, ""), connections, seconds)?;
    let after = server.cpu()?;
    let each = |seconds: f64| seconds * 1e6 / load.requests as f64;
    let (user, system) = (
        each(after.user - before.user),
        each(after.system - before.system),
    );
    eprintln!("{}: {user:.2} + {system:.2} us", rival.name);
    Ok(Cost { user, system })
}
