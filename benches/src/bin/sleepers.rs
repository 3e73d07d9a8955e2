//! Ten thousand handlers asleep on one worker: the memory of each, how long a plain route takes meanwhile, and the
//! longest step of the collector.
//!
//! `cargo build --release -p rover-benches && target/release/sleepers [count]`

use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use rover_benches::Failure;
use rover_benches::process::{Server, raise_descriptor_limit};

const PLAIN: &str = "GET /plain HTTP/1.1\r\nhost: a\r\n\r\n";
const PAUSE: &str = "GET /pause HTTP/1.1\r\nhost: a\r\n\r\n";
const ASLEEP: &str = "GET /asleep HTTP/1.1\r\nhost: a\r\n\r\n";
const QUESTIONS: usize = 5000;

fn main() -> Result<(), Failure> {
    let count = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "10000".to_owned());
    let count: usize = count.parse()?;
    raise_descriptor_limit()?;
    let program = std::env::current_exe()?.with_file_name("waiting_rover");
    let (server, _) = Server::start("Rover", PLAIN, |port| {
        let port = port.to_string();
        let options = ["--port", &port, "--workers", "1", "--log-level", "off"];
        Ok((program.clone(), options.map(Into::into).to_vec()))
    })?;
    told("before", &server)?;
    // Connections that are open and ask nothing, for what they take by themselves.
    let mut clients = Vec::new();
    for _ in 0..count {
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port))?;
        client.write_all(PLAIN.as_bytes())?;
        clients.push(client);
    }
    thread::sleep(Duration::from_secs(1));
    let open = told("connections", &server)?;
    for client in &mut clients {
        client.write_all(ASLEEP.as_bytes())?;
    }
    thread::sleep(Duration::from_secs(2));
    let asleep = told("asleep", &server)?;
    println!(
        "{} bytes for each that is asleep",
        (asleep - open) / count as u64
    );
    Ok(())
}

/// Memory and the latencies of a plain route; gives the resident bytes.
fn told(when: &str, server: &Server) -> Result<u64, Failure> {
    let mut times = Vec::with_capacity(QUESTIONS);
    for _ in 0..QUESTIONS {
        let start = Instant::now();
        server.ask(PLAIN)?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let (_, pause) = server.ask(PAUSE)?;
    let resident = server.memory()? as u64 * 1024;
    println!(
        "{when:12}  {:8} kB resident, plain route p50 {:?}, p99 {:?}, p99.9 {:?}, longest {:?}; collector's longest step {}",
        resident / 1024,
        times[QUESTIONS / 2],
        times[QUESTIONS * 99 / 100],
        times[QUESTIONS * 999 / 1000],
        times[QUESTIONS - 1],
        String::from_utf8_lossy(&pause),
    );
    Ok(resident)
}
