//! The load: wrk, for throughput and CPU time.

use std::process::Command;

use crate::Failure;
use crate::process::Server;

/// What was done.
pub struct Load {
    /// Answered requests.
    pub requests: u64,
    /// How long it took.
    pub seconds: f64,
    /// Of the answers.
    pub latencies: Percentiles,
}

/// Latencies in microseconds.
#[derive(Clone, Copy)]
pub struct Percentiles {
    /// The median.
    pub p50: f64,
    /// Of a hundred the slowest.
    pub p99: f64,
    /// Of a thousand the slowest.
    pub p999: f64,
}

/// As much as the server takes, from the second core: a work that `load.lua` knows by name,
/// and the body of its requests.
pub fn load(
    port: u16,
    (work, request_body): (&str, &str),
    connections: u32,
    seconds: u32,
) -> Result<Load, Failure> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/compare/load.lua");
    let output = Command::new("taskset")
        .args(["-c", "1", "wrk", "-t1", "-s", script])
        .arg(format!("-c{connections}"))
        .arg(format!("-d{seconds}s"))
        .arg(format!("http://127.0.0.1:{port}/"))
        .args(["--", work, request_body])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("result "));
    let line = line.ok_or_else(|| format!("wrk: {}", String::from_utf8_lossy(&output.stderr)))?;
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let &[requests, micros, errors, p50, p99, p999] = numbers.as_slice() else {
        return Err(format!("wrk: {line}").into());
    };
    if errors > 0.0 {
        return Err(format!("{work}: {errors} errors").into());
    }
    Ok(Load {
        requests: requests as u64,
        seconds: micros / 1e6,
        latencies: Percentiles { p50, p99, p999 },
    })
}

/// A path, and the headers that go with it, each as `name: value`.
pub type Question<'a> = (&'a str, &'a [&'a str]);

/// What a request costs a server.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Microseconds in the program.
    pub user: f64,
    /// Microseconds in the kernel.
    pub system: f64,
    /// Requests in a second.
    pub rate: f64,
}

/// A row of a table: user and system microseconds, and requests in a second.
impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Cost { user, system, rate } = self;
        write!(f, "{user:7.2}  {system:9.2}  {rate:10.0}")
    }
}

/// Asks from the second core for so long; how many answers came, all of which were good.
fn answers(
    port: u16,
    (path, headers): Question<'_>,
    connections: u32,
    seconds: u32,
) -> Result<u64, Failure> {
    let output = Command::new("taskset")
        .args(["-c", "1", "wrk", "-t1"])
        .args(headers.iter().flat_map(|header| ["-H", header]))
        .arg(format!("-c{connections}"))
        .arg(format!("-d{seconds}s"))
        .arg(format!("http://127.0.0.1:{port}{path}"))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("wrk: {text}").into());
    }
    let line = text.lines().find(|line| line.contains(" requests in "));
    let count = line.and_then(|line| line.split_whitespace().next());
    Ok(count.ok_or_else(|| format!("wrk: {text}"))?.parse()?)
}

/// What a request costs a server, after a second of the same load.
pub fn cost(
    server: &Server,
    question: Question<'_>,
    connections: u32,
    seconds: u32,
) -> Result<Cost, Failure> {
    answers(server.port, question, connections, 1)?;
    let before = server.cpu()?;
    let requests = answers(server.port, question, connections, seconds)?;
    let after = server.cpu()?;
    let each = |seconds: f64| seconds * 1e6 / requests as f64;
    Ok(Cost {
        user: each(after.user - before.user),
        system: each(after.system - before.system),
        rate: requests as f64 / f64::from(seconds),
    })
}
