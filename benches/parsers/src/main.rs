//! JSON parsing alone, MB/s: `cargo run --release --manifest-path benches/parsers/Cargo.toml`.

#[path = "../../src/bin/json/documents.rs"]
mod documents;
mod others;
mod parsers;

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Bytes that are parsed in a round, of which the fastest counts.
const BYTES: usize = 20_000_000;
const ROUNDS: usize = 9;

fn main() {
    let documents = documents::all();
    print!("{:<12}", "");
    for (name, text) in &documents {
        print!(" {:>18}", format!("{name} {}", text.len()));
    }
    println!();
    let parsers = parsers::all();
    for (name, parse) in &parsers {
        print!("{name:<12}");
        for (document, text) in &documents {
            let text = text.as_bytes();
            let (seen, expected) = (parse(text), parsers[0].1(text));
            let counts = |seen: Option<parsers::Seen>| seen.map(|seen| (seen.values, seen.bytes));
            assert_eq!(counts(seen), counts(expected), "{name} reads {document}");
            print!(" {:>18.0}", speed(*parse, text));
        }
        println!();
    }
}

fn speed(parse: parsers::Parser, text: &[u8]) -> f64 {
    let repeat = (BYTES / text.len()).max(3);
    let round = || {
        let start = Instant::now();
        for _ in 0..repeat {
            black_box(parse(black_box(text)));
        }
        start.elapsed()
    };
    let best = (0..ROUNDS).map(|_| round()).min().unwrap_or(Duration::MAX);
    (text.len() * repeat) as f64 / best.as_secs_f64() / 1e6
}
