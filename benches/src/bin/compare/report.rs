//! What was measured, as Markdown and as plots.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::work::Work;
use crate::{Character, Failure, IDLE_CONNECTIONS, Measurement, OPEN_LOOP_RATE, Options};

pub(crate) fn markdown(
    measurements: &[Measurement],
    characters: &[Character],
    options: &Options,
) -> String {
    let mut out = String::from("# Rover beside others\n\n");
    let _ = writeln!(
        out,
        "Written by `cargo run --release -p rover-benches --bin compare`: each server on one core \
         with one worker, wrk on another, {} s for each figure, the median of {} rounds taken in \
         turns. CPU is microseconds of the server's time per request, and `of rover` is its user \
         time beside Rover's. Latencies in these tables are those under full load; how long \
         requests wait at a fixed rate stands below.\n",
        options.seconds, options.rounds,
    );
    for work in &options.works {
        for connections in &options.connections {
            let rows: Vec<&Measurement> = measurements
                .iter()
                .filter(|m| m.work == *work && m.connections == *connections)
                .collect();
            table(&mut out, *work, *connections, &rows);
        }
        let _ = writeln!(out, "![{}](comparison-{}.svg)\n", work.title(), work.name());
    }
    traits(&mut out, characters);
    waiting(&mut out, characters);
    out
}

fn table(out: &mut String, work: Work, connections: u32, rows: &[&Measurement]) {
    let rover = rows.iter().find(|m| m.rival == "rover").map(|m| m.user);
    let _ = writeln!(
        out,
        "## {}, {connections} connections\n\n\
         | server | req/s | user us | system us | total us | of rover | p50 us | p99 us | p99.9 us | MiB |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        work.title(),
    );
    for m in rows {
        let beside = rover.map_or(String::new(), |rover| format!("{:.2}", m.user / rover));
        let (load, l) = (&m.load, &m.load.latencies);
        let latencies = match work.has_latencies() {
            true => format!("{:.0} | {:.0} | {:.0}", l.p50, l.p99, l.p999),
            false => "| |".to_owned(),
        };
        let _ = writeln!(
            out,
            "| {} | {:.0} | {:.2} | {:.2} | {:.2} | {beside} | {latencies} | {:.1} |",
            m.rival,
            load.requests as f64 / load.seconds,
            m.user,
            m.system,
            m.user + m.system,
            m.memory,
        );
    }
    out.push('\n');
}

fn traits(out: &mut String, characters: &[Character]) {
    let _ = writeln!(
        out,
        "## Start and idle connections\n\n\
         From the start of the process to its first answer, the median of five; what each of \
         {IDLE_CONNECTIONS} connections that had one answer adds to the resident memory.\n\n\
         | server | version | start ms | kB per idle connection |\n|---|---|--:|--:|"
    );
    for c in characters {
        let _ = writeln!(
            out,
            "| {} | {} | {:.1} | {:.1} |",
            c.rival, c.version, c.start, c.idle
        );
    }
    out.push('\n');
}

fn waiting(out: &mut String, characters: &[Character]) {
    if characters.iter().all(|c| c.open_loop.is_empty()) {
        return;
    }
    let _ = writeln!(
        out,
        "## Latency at {OPEN_LOOP_RATE} requests/s\n\n\
         An open loop: 100 connections, and requests that start when they are due, so that the \
         time they wait for a slow server counts (oha with latency correction). Microseconds.\n\n\
         | server | work | p50 | p99 | p99.9 |\n|---|---|--:|--:|--:|"
    );
    for c in characters {
        for (work, p) in &c.open_loop {
            let _ = writeln!(
                out,
                "| {} | {} | {:.0} | {:.0} | {:.0} |",
                c.rival,
                work.name(),
                p.p50,
                p.p99,
                p.p999
            );
        }
    }
    out.push('\n');
}

pub(crate) fn write(
    folder: &Path,
    report: &str,
    measurements: &[Measurement],
) -> Result<(), Failure> {
    fs::write(
        folder.join("comparison.md"),
        report.trim_end().to_owned() + "\n",
    )?;
    for work in Work::ALL {
        let of_work: Vec<&Measurement> = measurements.iter().filter(|m| m.work == work).collect();
        if !of_work.is_empty() {
            let file = folder.join(format!("comparison-{}.svg", work.name()));
            fs::write(file, plot(work, &of_work))?;
        }
    }
    Ok(())
}

const BAR: f64 = 16.0;
const LABELS: f64 = 130.0;
const WIDTH: f64 = 720.0;

/// Bars of CPU time per request: user time dark, system time light.
fn plot(work: Work, rows: &[&Measurement]) -> String {
    let longest = rows.iter().map(|m| m.user + m.system).fold(0.0, f64::max);
    let scale = (WIDTH - LABELS - 110.0) / longest;
    let mut body = String::new();
    let mut y = 44.0;
    let mut connections = 0;
    for m in rows {
        if m.connections != connections {
            connections = m.connections;
            let _ = writeln!(
                body,
                r#"<text x="0" y="{:.0}" class="group">{connections} connections</text>"#,
                y + 12.0
            );
            y += 20.0;
        }
        let (user, system) = (m.user * scale, m.system * scale);
        let text = y + BAR - 4.0;
        let kind = if m.rival == "rover" {
            "user own"
        } else {
            "user"
        };
        let _ = writeln!(
            body,
            r#"<text x="{:.0}" y="{text:.0}" text-anchor="end">{}</text><rect class="{kind}" x="{LABELS}" y="{y:.0}" width="{user:.1}" height="{BAR}"/><rect class="system" x="{:.1}" y="{y:.0}" width="{system:.1}" height="{BAR}"/><text x="{:.1}" y="{text:.0}">{:.2} + {:.2}</text>"#,
            LABELS - 8.0,
            m.rival,
            LABELS + user,
            LABELS + user + system + 6.0,
            m.user,
            m.system,
        );
        y += BAR + 5.0;
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {:.0}" font-family="system-ui, sans-serif" font-size="12">
<style>
text {{ fill: #333 }} .title {{ font-size: 15px; font-weight: 600 }} .group {{ font-weight: 600 }}
.user {{ fill: #607080 }} .own {{ fill: #c2410c }} .system {{ fill: #c5ccd3 }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} .user {{ fill: #8ea3b5 }} .own {{ fill: #fb923c }} .system {{ fill: #46505a }} }}
</style>
<text x="0" y="16" class="title">{}</text>
<text x="0" y="34">CPU microseconds per request: user (dark) + system (light)</text>
{body}</svg>
"##,
        y + 6.0,
        work.title(),
    )
}
