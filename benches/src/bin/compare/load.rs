//! The load at a fixed rate, for latencies: oha.

use std::path::Path;
use std::process::Command;

use rover_benches::Failure;
use rover_benches::wrk::Percentiles;

use crate::work::Work;

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
