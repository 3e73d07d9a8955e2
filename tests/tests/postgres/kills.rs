//! Kills of the database while clients write: what they were told is what there is. The long run is
//! `ROVER_TEST_KILLS=100 .ci/postgres test kills -- --nocapture`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rover_tests::{client, signal};
use serde_json::{Value, json};

use crate::base::{Base, Program, control, psql, try_control, until, variable};

const CLIENTS: usize = 12;

/// How the database is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// An administrator ends the program's connections.
    Connections,
    /// One of the processes that serve connections dies: the server restarts all of them.
    Process,
    /// It is stopped without a checkpoint.
    Immediately,
    /// It is stopped as by a service manager.
    Fast,
    /// The first process dies, and leaves the others.
    First,
}

const KILLS: [Kill; 5] = [
    Kill::First,
    Kill::Connections,
    Kill::Process,
    Kill::Immediately,
    Kill::Fast,
];

/// What a client was told of what it has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Done,
    NotDone,
    Unknown,
}

/// What a client has written under one number.
struct Written {
    rows: usize,
    how: &'static str,
    told: Told,
    began: Instant,
    answered: Instant,
}

/// What all clients do.
struct Load<'p> {
    program: &'p Program,
    next: AtomicUsize,
    is_over: AtomicBool,
    /// Of each client, by its numbers.
    clients: Vec<Mutex<BTreeMap<usize, Written>>>,
}

impl Load<'_> {
    fn write(&self, client: usize) {
        while !self.is_over.load(Ordering::Relaxed) {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            let began = Instant::now();
            let (how, rows, answer) = self.ask(id);
            let written = Written {
                rows,
                how,
                told: told(&answer),
                began,
                answered: Instant::now(),
            };
            let mut all = self.clients[client].lock().expect("a client");
            all.insert(id, written);
        }
    }

    /// Writes rows with a number; how, how many, and the answer.
    fn ask(&self, id: usize) -> (&'static str, usize, Value) {
        let one = "insert into log (id) values ($1)";
        let step = json!({"how": "exec", "sql": one, "values": [id]});
        let rows = json!([{ "id": id }, { "id": id }, { "id": id }]);
        let program = self.program;
        match id % 5 {
            0 | 1 => ("a statement", 1, program.ask("exec", one, json!([id]))),
            2 => ("rows", 3, program.ask("insert", "log", json!([rows]))),
            3 => {
                let steps =
                    json!([step, {"how": "value", "sql": "select count(*) from accounts"}, step]);
                ("a transaction", 2, program.transaction(steps))
            }
            _ => {
                let steps = json!([step, {"steps": [step]}, {"steps": [step, {"fail": "no"}]}]);
                ("parts", 2, program.transaction(steps))
            }
        }
    }

    /// Whether each client was told that something is done which it began after this moment.
    fn all_write(&self, since: Instant) -> bool {
        self.clients
            .iter()
            .all(|client| first(client, since).is_some())
    }
}

/// When a client was first told that something is done which it began after this moment.
fn first(client: &Mutex<BTreeMap<usize, Written>>, since: Instant) -> Option<Instant> {
    let client = client.lock().expect("a client");
    let newest = client.values().rev();
    let after = newest.take_while(|written| written.began > since);
    let done = after.filter(|written| written.told == Told::Done);
    done.last().map(|written| written.answered)
}

fn told(answer: &Value) -> Told {
    let failed = &answer["failed"];
    if failed.is_null() {
        return Told::Done;
    }
    assert_eq!(failed["kind"], "connect", "{answer}");
    assert_eq!(failed["retryable"], true, "{answer}");
    match failed["code"].as_str() {
        Some("08007") => Told::Unknown,
        _ => Told::NotDone,
    }
}

/// A connection of the server's own kind, where it takes one: it answers the first message.
fn connection(server: &str) -> std::io::Result<TcpStream> {
    let text = b"user\0postgres\0database\0postgres\0\0";
    let length = u32::try_from(text.len() + 8).expect("a short message");
    let mut message = length.to_be_bytes().to_vec();
    message.extend(196_608_u32.to_be_bytes());
    message.extend(text);
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(&message)?;
    let mut kind = [0];
    stream.read_exact(&mut kind)?;
    match kind[0] {
        b'R' => Ok(stream),
        _ => Err(std::io::ErrorKind::ConnectionRefused.into()),
    }
}

/// A time without a database.
struct Outage {
    /// From here on it is certain that it is not there.
    since: Instant,
    /// The last moment at which it took no connections.
    until: Instant,
}

/// Kills the server, starts it where it does not come back by itself, and waits until it takes
/// connections.
fn kill(how: Kill, base: &Base, server: &str) -> Outage {
    let own =
        "from pg_stat_activity where application_name = 'rover' and datname = current_database()";
    match how {
        Kill::Connections => {
            base.sql(&format!("select count(pg_terminate_backend(pid)) {own}"));
        }
        Kill::Process => {
            let mut witness = connection(server).expect("a connection");
            let process = base.sql(&format!("select pid {own} order by random() limit 1"));
            signal(process.parse().expect("a number"), "KILL");
            // The server ends all others when it notices.
            client::rest(&mut witness);
        }
        Kill::Immediately => control(&["--mode", "immediate", "stop"]),
        Kill::Fast => control(&["--mode", "fast", "stop"]),
        Kill::First => {
            let file = psql("postgres", "select pg_read_file('postmaster.pid')");
            let process = file.lines().next().and_then(|line| line.parse().ok());
            signal(process.expect("a number"), "KILL");
            until("it is gone", || connection(server).is_err());
        }
    }
    let since = Instant::now();
    let refused = Cell::new(since);
    thread::scope(|scope| {
        if !matches!(how, Kill::Connections | Kill::Process) {
            // It refuses to start as long as processes of before are there.
            scope.spawn(|| until("it starts", || try_control(&["start"])));
        }
        until("it takes connections", || {
            let is_open = connection(server).is_ok();
            if !is_open {
                refused.set(Instant::now());
            }
            is_open
        });
    });
    Outage {
        since,
        until: refused.get(),
    }
}

/// What there is must be what was told.
fn compare(base: &Base, written: &BTreeMap<usize, Written>) {
    let there = base.sql("select id, count(*) from log group by id");
    let there: BTreeMap<usize, usize> = there
        .lines()
        .map(|line| {
            let (id, rows) = line.split_once('|').expect("two columns");
            (id.parse().expect("an id"), rows.parse().expect("a count"))
        })
        .collect();
    for (id, written) in written {
        let rows = there.get(id).copied().unwrap_or_default();
        let is_right = match written.told {
            Told::Done => rows == written.rows,
            Told::NotDone => rows == 0,
            Told::Unknown => rows == 0 || rows == written.rows,
        };
        let Written {
            how,
            told,
            rows: all,
            ..
        } = written;
        assert!(
            is_right,
            "{how}, told {told:?}: {rows} of {all} rows are there"
        );
    }
    let unknown = there.keys().find(|id| !written.contains_key(id));
    assert!(unknown.is_none(), "nobody has written {unknown:?}");
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn what_clients_are_told_is_what_there_is() {
    let kills = std::env::var("ROVER_TEST_KILLS");
    let kills = kills.map_or(KILLS.len(), |count| count.parse().expect("a number"));
    let base = Base::alone();
    // Without a key: what is written twice is seen.
    base.sql("create table log (id int)");
    let program = base.start(&[]);
    let url = variable("ROVER_TEST_POSTGRES");
    let server = url.split(['@', '/']).nth(3).expect("a host");
    let load = Load {
        program: &program,
        next: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
        clients: (0..CLIENTS).map(|_| Mutex::default()).collect(),
    };
    let (mut one, mut all) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let load = &load;
            scope.spawn(move || load.write(client));
        }
        // Clients that wait for nothing more would be waited for.
        let guard = Over(&load.is_over);
        for how in KILLS.into_iter().cycle().take(kills) {
            let start = Instant::now();
            until("all write", || load.all_write(start));
            let outage = kill(how, &base, server);
            until("all write again", || load.all_write(outage.since));
            let back = load
                .clients
                .iter()
                .filter_map(|client| first(client, outage.since));
            let mut back: Vec<Duration> = back.map(|at| at - outage.until).collect();
            back.sort();
            eprintln!(
                "{how:?}: the first is back after {:?}, the last after {:?}",
                back[0],
                back[CLIENTS - 1]
            );
            one.push(back[0]);
            all.push(back[CLIENTS - 1]);
        }
        drop(guard);
    });
    let clients = load.clients.into_iter();
    let written = clients.flat_map(|client| client.into_inner().expect("a client"));
    let written: BTreeMap<usize, Written> = written.collect();
    compare(&base, &written);
    base.until_connections("xact_start is not null", 0);
    assert!(base.connections("true") <= 10);
    report(kills, &written, one, all);
}

/// Ends the load.
struct Over<'l>(&'l AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn report(
    kills: usize,
    written: &BTreeMap<usize, Written>,
    one: Vec<Duration>,
    all: Vec<Duration>,
) {
    let count = |wanted| {
        written
            .values()
            .filter(|written| written.told == wanted)
            .count()
    };
    let slowest = written
        .values()
        .map(|written| written.answered - written.began);
    let most = |mut times: Vec<Duration>| {
        times.sort();
        let p99 = times[(times.len() * 99).div_ceil(100) - 1];
        format!(
            "p99 {} ms, max {} ms",
            p99.as_millis(),
            times[times.len() - 1].as_millis()
        )
    };
    eprintln!(
        "{kills} kills, {} requests: {} done, {} not done, {} unknown; after the server took no connections for the last time: \
         first answer {}; all clients {}; slowest request {:?}",
        written.len(),
        count(Told::Done),
        count(Told::NotDone),
        count(Told::Unknown),
        most(one),
        most(all),
        slowest.max().unwrap_or_default(),
    );
}
