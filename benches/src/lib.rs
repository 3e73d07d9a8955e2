//! What the benches share.

pub mod hyper_worker;
pub mod process;
pub mod routes;
pub mod wrk;

use std::hint::black_box;
use std::time::Instant;

/// What ends a bench.
pub type Failure = Box<dyn std::error::Error>;

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
