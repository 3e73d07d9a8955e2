//! How long a plain route takes alone, and while 20 clients log in again and again.

use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rover_benches::Failure;
use rover_benches::process::{Server, converse};

use crate::Effort;
use crate::articles::{database, variables};
use crate::rivals::{request, rover};

const PLAIN: &str = "/api/tags";
const CLIENTS: usize = 20;
/// Between two questions for the plain route.
const PAUSE: Duration = Duration::from_millis(2);

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let file = database()?;
    let server = rover("conduit_rover", ("0,1", 2), &variables(&file), PLAIN)?;
    let user =
        r#"{"user":{"username":"ann","email":"ann@example.com","password":"a long password"}}"#;
    let (status, body) = server.ask(&post("/api/users", user))?;
    if status != 201 {
        return Err(format!("{status} {}", String::from_utf8_lossy(&body)).into());
    }
    let enough = Duration::from_secs(u64::from(effort.rounds * effort.seconds));
    println!("alone      {}", plain(&server, enough)?);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| log_in(server.port, &ended).map_err(|error| error.to_string())))
            .collect();
        let told = plain(&server, enough);
        ended.store(true, Ordering::Relaxed);
        let mut logins = 0;
        for client in clients {
            logins += client.join().map_err(|_| "a client failed")??;
        }
        let rate = f64::from(logins) / enough.as_secs_f64();
        println!("{CLIENTS} logins  {}, {rate:.0} logins/s", told?);
        Ok(())
    })
}

fn post(path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// Until the others have seen enough; how many answers came.
fn log_in(port: u16, ended: &AtomicBool) -> Result<u32, Failure> {
    let body = r#"{"user":{"email":"ann@example.com","password":"a long password"}}"#;
    let request = post("/api/users/login", body);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let mut count = 0;
    while !ended.load(Ordering::Relaxed) {
        let (status, body) = converse(&mut stream, &request)?;
        if status != 200 {
            return Err(format!("{status} {}", String::from_utf8_lossy(&body)).into());
        }
        count += 1;
    }
    Ok(count)
}

/// How long the plain route takes, asked at a fixed pace for so long.
fn plain(server: &Server, enough: Duration) -> Result<String, Failure> {
    let request = request(PLAIN, &[]);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port))?;
    let mut times = Vec::new();
    let start = Instant::now();
    while start.elapsed() < enough {
        let asked = Instant::now();
        converse(&mut stream, &request)?;
        times.push(asked.elapsed());
        thread::sleep(PAUSE);
    }
    times.sort_unstable();
    let at = |hundredths: usize| times[times.len() * hundredths / 100];
    Ok(format!(
        "p50 {:?}, p99 {:?}, longest {:?}",
        at(50),
        at(99),
        times[times.len() - 1]
    ))
}
