//! What the benches share.

pub mod bun;
pub mod hyper_worker;
pub mod process;
pub mod routes;
pub mod wrk;

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What ends a bench.
pub type Failure = Box<dyn std::error::Error>;

/// What a request costs without a socket, in nanoseconds: the best of some rounds of a hundred.
pub fn request_cost(
    client: &rover::TestClient,
    path: &str,
    rounds: usize,
) -> Result<u128, rover::Error> {
    const REQUESTS: u32 = 100;
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    let requests = request.repeat(REQUESTS as usize).into_bytes();
    let mut best = Duration::MAX;
    for _ in 0..rounds {
        let pieces = vec![requests.clone()];
        let start = Instant::now();
        client.exchange(pieces)?;
        best = best.min(start.elapsed() / REQUESTS);
    }
    Ok(best.as_nanos())
}

/// The fastest of some rounds, in nanoseconds for each item: what disturbs a machine
/// only ever adds time.
pub fn fastest<T>(items: &[T], mut work: impl FnMut(&T)) -> f64 {
    let mut best = f64::INFINITY;
    let repeat = (200_000 / items.len()).max(1);
    for _ in 0..30 {
        let start = Instant::now();
        for _ in 0..repeat {
            for item in items {
                work(black_box(item));
            }
        }
        let each = start.elapsed().as_nanos() as f64 / (repeat * items.len()) as f64;
        best = best.min(each);
    }
    best
}
