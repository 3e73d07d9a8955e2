//! What a request costs that a handler's check refuses: where the check is made before the
//! handler runs, and where the handler makes it.
//!
//! `cargo run --release -p rover-benches --bin rejected`

use std::time::Instant;

use rover_benches::Failure;

rover::app!(mod program = "rejected/routes.lua");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests on one connection.
const REQUESTS: usize = 2000;
const ROUNDS: usize = 60;

const BODIES: [(&str, &str); 4] = [
    ("passes", "{\"title\":\"Tea\",\"price\":2.5,\"quantity\":3}"),
    ("two mistakes", "{\"title\":\"\",\"price\":\"free\"}"),
    ("malformed", "{\"title\":"),
    ("no body", ""),
];

fn main() -> Result<(), Failure> {
    let client = program::app().log_level(rover::LogLevel::Off).client()?;
    println!("| ns a request | check first | check later |\n|---|---|---|");
    for (name, body) in BODIES {
        let requests = ["first", "later"].map(|path| {
            let head = format!(
                "POST /{path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            (head + body).repeat(REQUESTS).into_bytes()
        });
        let mut best = [f64::INFINITY; 2];
        // In turns, so that what else the machine does falls on both.
        for _ in 0..ROUNDS {
            for (requests, best) in requests.iter().zip(&mut best) {
                let pieces = vec![requests.clone()];
                let start = Instant::now();
                let answer = client.exchange(pieces)?;
                let each = start.elapsed().as_nanos() as f64 / REQUESTS as f64;
                let answers = answer.windows(9).filter(|w| w == b"HTTP/1.1 ").count();
                if answers != REQUESTS {
                    return Err(format!("{name}: {answers} answers").into());
                }
                *best = best.min(each);
            }
        }
        println!("| {name} | {:.0} | {:.0} |", best[0], best[1]);
    }
    Ok(())
}
