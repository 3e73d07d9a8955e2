//! Nanoseconds of CPU for a word of `rover.shared` and of `ngx.shared`: on one worker, and on two that use the same key.

use serde_json::Value;

use rover_benches::Failure;
use rover_benches::process::Server;
use rover_benches::wrk::cost;

use crate::Effort;
use crate::rivals::{nginx, request, rover};

/// A loop without a word of it is taken off.
const WORDS: [&str; 4] = ["get", "text", "set", "incr"];

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    println!("workers  server      get ns  text ns   set ns  incr ns  loop ns");
    for (cores, workers) in [("0", 1), ("0,1", 2)] {
        for _ in 0..effort.rounds {
            for name in ["Rover", "nginx"] {
                let server = match name {
                    "Rover" => rover("backend_rover", (cores, workers), &[], "/shared/nothing")?,
                    _ => nginx((cores, workers), "/shared/nothing")?,
                };
                let nothing = each(&server, "nothing", workers, effort)?;
                let mut row = format!("{workers:7}  {name:8}");
                for word in WORDS {
                    let nanos = each(&server, word, workers, effort)? - nothing;
                    row.push_str(&format!("  {nanos:7.0}"));
                }
                println!("{row}  {nothing:7.0}");
            }
        }
    }
    Ok(())
}

/// Nanoseconds for one round of the loop.
fn each(server: &Server, word: &str, workers: u32, effort: Effort) -> Result<f64, Failure> {
    let path = format!("/shared/{word}");
    let (status, body) = server.ask(&request(&path, &[]))?;
    let answer: Value = serde_json::from_slice(&body)?;
    let count = answer["count"].as_f64().filter(|_| status == 200);
    let count = count.ok_or_else(|| format!("{path} answers {status} {answer}"))?;
    let cost = cost(server, (&path, &[]), 8 * workers, effort.seconds)?;
    Ok((cost.user + cost.system) * 1000.0 / count)
}
