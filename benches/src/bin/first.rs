//! What the first requests of a process cost, and how much of that a warm-up could save that
//! runs nothing of the program: a process that has answered thousands of requests to other
//! routes has warmed all that such a warm-up could reach, and more.
//!
//! `cargo build --release -p rover-benches --bins && target/release/first`

use std::net::{Ipv4Addr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rover_benches::Failure;
use rover_benches::process::{Server, converse};

/// Processes for each figure, of which the median is told.
const STARTS: usize = 31;
/// Requests to other routes, for a process that is warm.
const OTHERS: usize = 3000;
/// Requests that count as the first ones.
const FIRST: usize = 200;

/// Answered without Lua.
const READY: &str = "GET /echo HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n";

/// A route, its request, and a route that shares no handler with it.
const ROUTES: [(&str, &str, &str); 3] = [
    ("two parameters, query, header", PARAMS, ROWS),
    ("50 rows of JSON", ROWS, PARAMS),
    ("POST JSON, three fields checked", POST, ROWS),
];
const PARAMS: &str = "GET /users/42/posts/7?limit=20 HTTP/1.1\r\nhost: b\r\nx-trace: a1\r\n\r\n";
const ROWS: &str = "GET /rows?count=50 HTTP/1.1\r\nhost: b\r\n\r\n";
const POST: &str = "POST /items HTTP/1.1\r\nhost: b\r\ncontent-type: application/json\r\n\
    content-length: 43\r\n\r\n{\"name\":\"Teapot\",\"price\":24.5,\"quantity\":3}";

/// Of one process: microseconds of its first request, of the first ones together, and of
/// one when all is warm.
struct Figures {
    first: f64,
    together: f64,
    warm: f64,
}

fn main() -> ExitCode {
    println!("microseconds at the client | first request | first {FIRST} | one of the last");
    match ROUTES.iter().try_for_each(report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn report(route: &(&str, &str, &str)) -> Result<(), Failure> {
    let (title, request, other) = route;
    // In turns: what else the machine does falls on both.
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        cold.push(figures(request, None)?);
        warm.push(figures(request, Some(other))?);
    }
    for (state, all) in [("cold", cold), ("after another route", warm)] {
        println!(
            "{title}, {state} | {:.0} | {:.0} | {:.1}",
            median(&all, |figures| figures.first),
            median(&all, |figures| figures.together),
            median(&all, |figures| figures.warm),
        );
    }
    Ok(())
}

fn median(all: &[Figures], of: impl Fn(&Figures) -> f64) -> f64 {
    let mut values: Vec<f64> = all.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn figures(request: &str, other: Option<&str>) -> Result<Figures, Failure> {
    let (server, _) = Server::start("compared", READY, |port| {
        let program = std::env::current_exe()?.with_file_name("compared");
        let arguments = ["--workers", "1", "--log-level", "off", "--port"];
        let mut arguments: Vec<_> = arguments.map(Into::into).into();
        arguments.push(port.to_string().into());
        Ok((program, arguments))
    })?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port))?;
    stream.set_nodelay(true)?;
    if let Some(other) = other {
        for _ in 0..OTHERS {
            ask(&mut stream, other)?;
        }
    }
    let mut times = Vec::with_capacity(FIRST);
    for _ in 0..FIRST {
        times.push(ask(&mut stream, request)?.as_secs_f64() * 1e6);
    }
    for _ in 0..OTHERS {
        ask(&mut stream, request)?;
    }
    let mut last: Vec<f64> = Vec::with_capacity(FIRST);
    for _ in 0..FIRST {
        last.push(ask(&mut stream, request)?.as_secs_f64() * 1e6);
    }
    last.sort_by(f64::total_cmp);
    Ok(Figures {
        first: times[0],
        together: times.iter().sum(),
        warm: last[FIRST / 2],
    })
}

/// Sends a request and reads its answer; how long that took.
fn ask(stream: &mut TcpStream, request: &str) -> Result<Duration, Failure> {
    let start = Instant::now();
    let (status, body) = converse(stream, request)?;
    let time = start.elapsed();
    match status {
        200 | 201 => Ok(time),
        _ => Err(String::from_utf8_lossy(&body).into()),
    }
}
