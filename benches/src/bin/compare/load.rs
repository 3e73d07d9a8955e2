//! The load: wrk for throughput and CPU time, oha at a fixed rate for latencies.

use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::work::Work;

pub(crate) struct Load {
    pub(crate) requests: u64,
    pub(crate) seconds: f64,
    pub(crate) latencies: Percentiles,
}

/// In microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
}

/// As much as the server takes, from the second core.
pub(crate) fn wrk(port: u16, work: Work, connections: u32, seconds: u32) -> Result<Load, Failure> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/compare/load.lua");
    let output = Command::new("taskset")
        .args(["-c", "1", "wrk", "-t1", "-s", script])
        .arg(format!("-c{connections}"))
        .arg(format!("-d{seconds}s"))
        .arg(format!("http://127.0.0.1:{port}/"))
        .args(["--", work.name(), work.body()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("result "));
    let line = line.ok_or_else(|| format!("wrk: {}", String::from_utf8_lossy(&output.stderr)))?;
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let &[requests, micros, errors, p50, p99, p999] = numbers.as_slice() else {
        return Err(format!("wrk: {line}").into());
    };
    if errors > 0.0 {
        return Err(format!("{work:?}: {errors} errors").into());
    }
    Ok(Load {
        requests: requests as u64,
        seconds: micros / 1e6,
        latencies: Percentiles { p50, p99, p999 },
    })
}

/// So many requests per second whatever the server does, so that waiting counts.
pub(crate) fn oha(
    oha: &Path,
    port: u16,
    work: Work,
    rate: u32,
    seconds: u32,
) -> Result<Percentiles, Failure> {
    let mut command = Command::new("taskset");
    command
        .args(["-c", "1"])
        .arg(oha)
        .args([
            "--no-tui",
            "--latency-correction",
            "--disable-compression",
            "-c",
            "100",
        ])
        .args(["--output-format", "json", "-m", work.method()])
        .args(["-q", &rate.to_string(), "-z", &format!("{seconds}s")]);
    if let Some((name, value)) = work.header() {
        command.arg("-H").arg(format!("{name}: {value}"));
    }
    if !work.body().is_empty() {
        command.args(["-d", work.body()]);
    }
    command.arg(format!("http://127.0.0.1:{port}{}", work.path()));
    let output = command.output()?;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("oha: {error}: {}", String::from_utf8_lossy(&output.stderr)))?;
    let percentile = |name: &str| {
        let seconds = report["latencyPercentiles"][name].as_f64();
        let seconds = seconds.ok_or_else(|| format!("oha reports no {name}"));
        seconds.map(|seconds| seconds * 1e6)
    };
    Ok(Percentiles {
        p50: percentile("p50")?,
        p99: percentile("p99")?,
        p999: percentile("p99.9")?,
    })
}
