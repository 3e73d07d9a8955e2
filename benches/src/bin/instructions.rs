//! Instructions for a request, counted by valgrind's callgrind, without the kernel's: the same binary gives nearly the
//! same number however busy the machine is.
//!
//! `cargo build --release -p rover-benches && target/release/instructions [program]`
//!
//! The program answers the comparison's works; without a name it is `compared`. The median of three differences counts,
//! each between a run with 2,200 requests and one with 200.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use rover_benches::Failure;
use rover_benches::process::converse;

const FEW: u64 = 200;
const MANY: u64 = 2200;
const ROUNDS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(60);
const ITEM: &str = r#"{"name":"Teapot","price":24.5,"quantity":3}"#;

fn main() -> Result<(), Failure> {
    let program = match std::env::args_os().nth(1) {
        Some(program) => program.into(),
        None => std::env::current_exe()?.with_file_name("compared"),
    };
    let works = [
        ("echo", get("/echo", "")),
        (
            "params",
            get("/users/42/posts/2026-11?limit=20", "x-trace: a1b2c3d4\r\n"),
        ),
        ("rows", get("/rows?count=50", "")),
        (
            "post",
            format!(
                "POST /items HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ITEM}",
                ITEM.len()
            ),
        ),
    ];
    println!("work    instructions  least  most");
    for (name, request) in works {
        let mut counts = (0..ROUNDS)
            .map(|_| {
                Ok(
                    (count(&program, &request, MANY)? - count(&program, &request, FEW)?)
                        / (MANY - FEW),
                )
            })
            .collect::<Result<Vec<u64>, Failure>>()?;
        counts.sort_unstable();
        println!(
            "{name:6}  {:12}  {:5}  {:5}",
            counts[ROUNDS / 2],
            counts[0],
            counts[ROUNDS - 1]
        );
    }
    Ok(())
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")
}

/// All instructions of a process that answers so many requests.
fn count(program: &Path, request: &str, requests: u64) -> Result<u64, Failure> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    drop(listener);
    let counted = std::env::temp_dir().join(format!("rover-instructions-{}", std::process::id()));
    let mut server = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", counted.display()))
        .arg(program)
        .args(["--port", &port.to_string(), "--workers", "1"])
        .args(["--log-level", "off"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let asked = ask(port, &mut server, request, requests);
    if let Some(process) = i32::try_from(server.id()).ok().and_then(Pid::from_raw) {
        kill_process(process, Signal::TERM)?;
    }
    server.wait()?;
    asked?;
    let text = std::fs::read_to_string(&counted)?;
    std::fs::remove_file(&counted)?;
    // `summary:` or, in a file of one part, `totals:`.
    let line = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("totals: "));
    Ok(line
        .ok_or("callgrind's file has no totals")?
        .trim()
        .parse()?)
}

fn ask(port: u16, server: &mut Child, request: &str, requests: u64) -> Result<(), Failure> {
    let start = Instant::now();
    let mut stream = loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            Ok(stream) => break stream,
            Err(error) if start.elapsed() > PATIENCE => return Err(error.into()),
            Err(_) => {}
        }
        if let Some(status) = server.try_wait()? {
            return Err(format!("the program ended at once: {status}").into());
        }
        thread::sleep(Duration::from_millis(20));
    };
    for _ in 0..requests {
        let (status, _) = converse(&mut stream, request)?;
        if !(200..300).contains(&status) {
            return Err(format!("the answer is {status}").into());
        }
    }
    Ok(())
}
