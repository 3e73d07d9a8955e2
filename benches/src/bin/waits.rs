//! What a wait costs without a socket: a handler that cannot wait, one that may and does not, and one that waits for the
//! others' turn. From a request's bytes to the answer's, the best of some rounds.
//!
//! `cargo run --release -p rover-benches --bin waits 2> /dev/null`

use std::time::{Duration, Instant};

rover::app!(mod program = "waiting/routes.lua");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 300;
const REQUESTS: u32 = 100;

fn main() -> Result<(), Failure> {
    let client = program::app().log_level(rover::LogLevel::Off).client()?;
    println!("handler  ns a request");
    for path in ["plain", "ready", "turn"] {
        let request = format!("GET /{path} HTTP/1.1\r\nhost: a\r\n\r\n");
        let requests = request.repeat(REQUESTS as usize).into_bytes();
        let mut best = Duration::MAX;
        for _ in 0..ROUNDS {
            let pieces = vec![requests.clone()];
            let start = Instant::now();
            client.exchange(pieces)?;
            best = best.min(start.elapsed() / REQUESTS);
        }
        println!("{path:7}  {:12}", best.as_nanos());
    }
    Ok(())
}
