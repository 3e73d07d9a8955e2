//! A supervised server that is replaced again and again under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::Failure;
use crate::good::Client;
use crate::server::Server;

/// Requests on connections that are kept, and on new ones; each must be answered.
pub(crate) fn run(restarts: usize) -> Result<bool, Failure> {
    let mut server = Server::supervised()?;
    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let address = server.address();
    let clients: Vec<_> = (0..4)
        .map(|number| {
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            std::thread::spawn(move || {
                let mut failures = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let most = if number % 2 == 0 { usize::MAX } else { 1 };
                    let outcome = connection(address, most, &stop, &answered);
                    failures.extend(outcome.err().map(|error| error.to_string()));
                }
                failures
            })
        })
        .collect();
    let start = Instant::now();
    for _ in 0..restarts {
        let before = answered.load(Ordering::Relaxed);
        server.signal(Signal::HUP)?;
        // Time for the new process to come up and the old one to go, while requests go on.
        std::thread::sleep(Duration::from_millis(100));
        while answered.load(Ordering::Relaxed) == before {
            std::thread::sleep(Duration::from_millis(10));
            if start.elapsed() > Duration::from_secs(600) {
                return Err("nobody answers".into());
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    let mut failures = Vec::new();
    for client in clients {
        failures.extend(client.join().map_err(|_| "a client's thread panicked")?);
    }
    println!(
        "restarts: {restarts} in {:.1} s, {} requests answered, {} failed{}",
        start.elapsed().as_secs_f64(),
        answered.load(Ordering::Relaxed),
        failures.len(),
        failures
            .first()
            .map(|first| format!(" (first: {first})"))
            .unwrap_or_default(),
    );
    Ok(failures.is_empty() && server.lives()?)
}

/// Requests on one connection, until the server says that it closes it.
fn connection(
    address: std::net::SocketAddr,
    most: usize,
    stop: &AtomicBool,
    answered: &AtomicUsize,
) -> Result<(), Failure> {
    let client = Client::connect(address)?;
    for number in 0..most {
        let answer = client.get(&format!("/echo?say={number}"))?;
        if answer.status != 200 || answer.body != number.to_string().as_bytes() {
            return Err(format!("status {}", answer.status).into());
        }
        answered.fetch_add(1, Ordering::Relaxed);
        if answer.closes || stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(())
}
