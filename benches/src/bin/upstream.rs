//! What a handler costs that makes one call of another server, beside hyper's client called from hyper: CPU time of the
//! server's process, which has the first core to itself. The other server is a bare epoll loop on the second, with the load.
//!
//! `cargo build --release -p rover-benches && target/release/upstream [rounds [seconds]]`

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rover_benches::Failure;
use rover_benches::process::Server;
use rover_benches::wrk::cost;

const CLIENTS: u32 = 64;
const EPOLL_PORT: u16 = 5801;
const SERVERS: [(&str, &str); 2] = [("hyper", "upstream_hyper"), ("Rover", "waiting_rover")];

/// Ends with the bench.
struct Upstream(Child);

impl Drop for Upstream {
    fn drop(&mut self) {
        // It may be gone.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u32>());
    let rounds = numbers.next().unwrap_or(Ok(3))?;
    let seconds = numbers.next().unwrap_or(Ok(5))?;
    let folder = std::env::current_exe()?;
    let folder = folder.parent().ok_or("a folder of programs")?.to_owned();
    let epoll = Command::new("taskset")
        .args(["-c", "1"])
        .arg(folder.join("epoll"))
        .arg(EPOLL_PORT.to_string())
        .stdout(Stdio::null())
        .spawn()?;
    let _upstream = Upstream(epoll);
    println!("server  user us  system us  requests/s");
    for _ in 0..rounds {
        for (name, program) in SERVERS {
            measure(name, &folder.join(program), seconds)?;
        }
    }
    Ok(())
}

fn measure(name: &str, program: &PathBuf, seconds: u32) -> Result<(), Failure> {
    let path = if name == "Rover" { "/call" } else { "/" };
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    let (server, _) = Server::start(name, &request, |port| {
        let upstream = format!("UPSTREAM=http://127.0.0.1:{EPOLL_PORT}");
        let mut arguments = vec![upstream.into(), program.into()];
        match name {
            "Rover" => {
                let options = [
                    "--port",
                    &port.to_string(),
                    "--workers",
                    "1",
                    "--log-level",
                    "off",
                ];
                arguments.extend(options.map(Into::into));
            }
            _ => arguments.push(port.to_string().into()),
        }
        Ok(("env".into(), arguments))
    })?;
    let (status, body) = server.ask(&request)?;
    if status != 200 || body != br#"{"message":"Hello, World!"}"# {
        return Err(format!("{name} answers {status} {}", String::from_utf8_lossy(&body)).into());
    }
    println!(
        "{name:6}  {}",
        cost(&server, (path, &[]), CLIENTS, seconds)?
    );
    Ok(())
}
