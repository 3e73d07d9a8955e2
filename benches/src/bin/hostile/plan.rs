//! How often each program is asked, and when.

use std::time::{Duration, Instant};

use rover_benches::Failure;

use crate::server::Server;

/// A program is measured for as long, or for as many requests.
const MEASURED: (Duration, u32) = (Duration::from_millis(200), 200);
/// No program counts as cheaper: what a client needs for a request.
const CHEAPEST: f64 = 20e-6;

/// A program.
pub(crate) struct Kind {
    pub(crate) path: String,
    status: u16,
    /// Seconds of CPU time for a request.
    pub(crate) cost: f64,
    /// How often it is asked.
    pub(crate) count: u64,
}

impl Kind {
    pub(crate) fn new(path: String, status: u16) -> Self {
        Kind {
            path,
            status,
            cost: 0.0,
            count: 0,
        }
    }

    /// Whether an answer is the right one.
    pub(crate) fn expects(&self, (status, body): &(u16, Vec<u8>)) -> bool {
        match self.status {
            200 => *status == 200 && body == b"true",
            // On a slow machine what would fail may be late before.
            500 => matches!(status, 500 | 503),
            expected => *status == expected,
        }
    }
}

/// Asks each program some times, and notes what a request has cost.
pub(crate) fn measure(kinds: &mut [Kind], server: &Server) -> Result<(), Failure> {
    let mut client = server.connect()?;
    for kind in kinds {
        let (started, before) = (Instant::now(), server.cpu()?);
        let mut requests = 0;
        while requests < MEASURED.1 && started.elapsed() < MEASURED.0 {
            client.get(&kind.path)?;
            requests += 1;
        }
        kind.cost = (server.cpu()? - before) / f64::from(requests);
    }
    Ok(())
}

/// Gives each program `least` requests, and the rest so that all take the same time.
pub(crate) fn share_out(kinds: &mut [Kind], requests: u64, least: u64) {
    let speed = |kind: &Kind| 1.0 / kind.cost.max(CHEAPEST);
    let speeds: f64 = kinds.iter().map(speed).sum();
    let mut left = requests.saturating_sub(least * kinds.len() as u64);
    let shared = left as f64;
    for kind in kinds.iter_mut() {
        let share = ((shared * speed(kind) / speeds) as u64).min(left);
        kind.count = least + share;
        left -= share;
    }
    // What rounding has left goes to the cheapest.
    if let Some(kind) = kinds.iter_mut().min_by(|a, b| a.cost.total_cmp(&b.cost)) {
        kind.count += left;
    }
}

/// The programs by number, each as often as it is asked, shuffled.
pub(crate) fn order(kinds: &[Kind], random: &mut Random) -> Vec<u16> {
    let numbered = (0..).zip(kinds);
    let mut order: Vec<u16> = numbered
        .flat_map(|(number, kind)| std::iter::repeat_n(number, kind.count as usize))
        .collect();
    for at in (1..order.len()).rev() {
        order.swap(at, random.below(at + 1));
    }
    order
}

/// The same numbers in each run: xorshift64 (Marsaglia, 2003).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Random(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}
