//! What a request costs that asks a database, beside rusqlite or tokio-postgres called on hyper's event loop, and Bun's
//! own clients of both: CPU time of the server's process, which has the first core to itself; the load, and PostgreSQL, are on the second.
//!
//! `cargo build --release -p rover-benches && target/release/databases [rounds [seconds]]`: SQLite, where `SYNCHRONOUS=full`
//! lets each write reach the disk before it is answered;
//! `.ci/postgres target/release/databases ...`: PostgreSQL, which has few connections, so that one may ask what 1,000
//! clients do: `... [rounds [seconds [clients]]]`.

use rover_benches::Failure;
use rover_benches::bun;
use rover_benches::process::Server;
use rover_benches::wrk::cost;

/// Rover first: its migrations make the tables.
const SQLITE: [(&str, &str); 3] = [
    ("Rover", "database_rover"),
    ("hyper", "sqlite_hyper"),
    ("Bun", "database/bun.js"),
];
const POSTGRES: [(&str, &str); 3] = [
    ("Rover", "database_rover"),
    ("hyper", "postgres_hyper"),
    ("Bun", "database/bun.js"),
];
/// A row, fifty rows, fifty rows as tables of Lua's, a row that is added.
const WORKS: [&str; 4] = ["/one", "/fifty", "/tables", "/add"];
/// Twenty queries, a page of twelve rows, twenty queries and an update.
const MORE: [&str; 3] = ["/queries", "/fortunes", "/updates"];

fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u32>());
    let rounds = numbers.next().unwrap_or(Ok(3))?;
    let seconds = numbers.next().unwrap_or(Ok(5))?;
    let clients = numbers.next().unwrap_or(Ok(64))?;
    let file = std::env::temp_dir().join(format!("rover-bench-{}.db", std::process::id()));
    let server = std::env::var("ROVER_TEST_POSTGRES").ok();
    let (servers, database) = match server {
        Some(url) => (POSTGRES, url),
        None => {
            let synchronous = std::env::var("SYNCHRONOUS").unwrap_or_else(|_| "normal".to_owned());
            let url = format!("sqlite:{}?synchronous={synchronous}", file.display());
            (SQLITE, url)
        }
    };
    println!("work     server  user us  system us  requests/s");
    let mut outcome = Ok(());
    for _ in 0..rounds {
        for (name, program) in servers {
            let measured = measure(name, program, &database, (clients, seconds));
            outcome = outcome.and(measured);
        }
    }
    for end in ["", "-wal", "-shm"] {
        // It may be gone.
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
    outcome
}

fn start(name: &str, program: &str, database: &str) -> Result<Server, Failure> {
    let ready = request("/one");
    if name == "Bun" {
        return bun::start(program, &[database.into()], &ready);
    }
    let program = std::env::current_exe()?.with_file_name(program);
    let (server, _) = Server::start(name, &ready, |port| {
        let database = format!("DATABASE={database}");
        let mut arguments = vec![database.into(), program.into()];
        match name {
            "Rover" => {
                let port = port.to_string();
                let options = ["--port", &port, "--workers", "1", "--log-level", "off"];
                arguments.extend(options.map(Into::into));
            }
            _ => arguments.push(port.to_string().into()),
        }
        Ok(("env".into(), arguments))
    })?;
    Ok(server)
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")
}

fn measure(
    name: &str,
    program: &str,
    database: &str,
    (clients, seconds): (u32, u32),
) -> Result<(), Failure> {
    let server = start(name, program, database)?;
    let more = match database.starts_with("postgres") {
        true => MORE.as_slice(),
        false => &[],
    };
    for path in WORKS.iter().chain(more) {
        if name != "Rover" && *path == "/tables" {
            continue;
        }
        let (status, body) = server.ask(&request(path))?;
        let text = String::from_utf8_lossy(&body);
        // PostgreSQL does not say the number of a row that was added.
        let is_right = ["id\"", "\"rows\":1", "<td>0</td><td>One more"];
        if status != 200 || !is_right.iter().any(|right| text.contains(right)) {
            return Err(format!("{name} answers {status} {text}").into());
        }
        println!(
            "{path:8} {name:6}  {}",
            cost(&server, (path, &[]), clients, seconds)?
        );
    }
    Ok(())
}
