//! Databases of the server, and programs that use them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;
use std::time::{Duration, Instant};

use rover_tests::{PATIENCE, Process, Response, client};
use serde_json::{Value, json};

/// Tests that stop the server have it for themselves.
static SERVER: RwLock<()> = RwLock::new(());

pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run .ci/postgres"))
}

/// A database of a test's own.
pub(crate) struct Base {
    name: String,
    _shared: Option<RwLockReadGuard<'static, ()>>,
    _alone: Option<RwLockWriteGuard<'static, ()>>,
}

impl Base {
    pub(crate) fn new() -> Self {
        let shared = SERVER.read().unwrap_or_else(PoisonError::into_inner);
        Base::made(Some(shared), None)
    }

    /// One of a server that the test may stop.
    pub(crate) fn alone() -> Self {
        let alone = SERVER.write().unwrap_or_else(PoisonError::into_inner);
        Base::made(None, Some(alone))
    }

    fn made(
        shared: Option<RwLockReadGuard<'static, ()>>,
        alone: Option<RwLockWriteGuard<'static, ()>>,
    ) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        psql("postgres", &format!("create database {name}"));
        Base {
            name,
            _shared: shared,
            _alone: alone,
        }
    }

    pub(crate) fn url(&self) -> String {
        let url = variable("ROVER_TEST_POSTGRES");
        let (server, _) = url.rsplit_once('/').expect("an address with a database");
        format!("{server}/{}", self.name)
    }

    /// The same by way of PgBouncer; nothing where there is none.
    pub(crate) fn pooled(&self) -> Option<String> {
        let server = std::env::var("ROVER_TEST_PGBOUNCER").ok();
        if server.is_none() {
            eprintln!("left out: there is no PgBouncer");
        }
        server.map(|server| format!("{server}/{}", self.name))
    }

    /// What the server itself says.
    pub(crate) fn sql(&self, text: &str) -> String {
        psql(&self.name, text)
    }

    pub(crate) fn command(&self, environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postgres"));
        command.args(["--port", "0", "--workers", "2"]);
        command.env("ROVER_TEST_DATABASE", self.url());
        command.envs(environment.iter().copied());
        command
    }

    /// Starts the program with two workers.
    pub(crate) fn start(&self, environment: &[(&str, &str)]) -> Program {
        Program(Process::start(&mut self.command(environment)))
    }

    /// Somebody else who has locked what this statement locks, until it is dropped.
    pub(crate) fn holding(&self, statement: &str) -> Holding {
        let mut command = Command::new("psql");
        let command = command.args(["-XqAt", "-d", &self.name]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql starts");
        let mut input = child.stdin.take().expect("piped");
        writeln!(input, "begin; {statement}; select 'held';").expect("psql reads");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        while line.trim_end() != "held" {
            line.clear();
            assert!(
                output.read_line(&mut line).expect("a text") > 0,
                "psql ends"
            );
        }
        Holding {
            child,
            input: Some(input),
        }
    }

    /// How many connections of programs the server has in such a state.
    pub(crate) fn connections(&self, condition: &str) -> usize {
        let text = format!(
            "select count(*) from pg_stat_activity where datname = '{}' and application_name = 'rover' and {condition}",
            self.name
        );
        psql("postgres", &text).parse().expect("a number")
    }

    /// Waits until there are so many.
    pub(crate) fn until_connections(&self, condition: &str, count: usize) {
        until(condition, || self.connections(condition) == count);
    }
}

impl Drop for Base {
    fn drop(&mut self) {
        if !thread::panicking() {
            psql(
                "postgres",
                &format!("drop database {} with (force)", self.name),
            );
        }
    }
}

pub(crate) struct Holding {
    child: Child,
    input: Option<ChildStdin>,
}

impl Drop for Holding {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

pub(crate) fn psql(database: &str, text: &str) -> String {
    let mut command = Command::new("psql");
    let output = command
        .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", text])
        .output();
    let output = output.expect("psql runs");
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}: {wrong}");
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

/// Stops or starts the server.
pub(crate) fn control(arguments: &[&str]) {
    assert!(try_control(arguments), "{arguments:?}");
}

/// The same; whether it is done.
pub(crate) fn try_control(arguments: &[&str]) -> bool {
    let control = variable("ROVER_TEST_POSTGRES_CONTROL");
    let mut words = control.split(' ');
    let mut command = Command::new(words.next().expect("a command"));
    let done = command
        .args(words)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    done.expect("it runs").success()
}

/// Waits for something.
pub(crate) fn until(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The program in a process of its own.
pub(crate) struct Program(pub(crate) Process);

impl Program {
    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.0.get(path).expect("an answer");
        let text = answer.text();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"))
    }

    /// Sends a request and does not wait.
    pub(crate) fn send(&self, path: &str, body: &Value) -> TcpStream {
        let mut stream = self.0.connect();
        let body = body.to_string();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the program reads");
        stream
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        answer(self.send(path, body))
    }

    /// One statement: what it gives, or what its error has.
    pub(crate) fn ask(&self, how: &str, sql: &str, values: Value) -> Value {
        let count = values.as_array().map_or(0, Vec::len);
        let asked = json!({"how": how, "sql": sql, "values": values, "count": count});
        self.post("/sql", &asked)
    }

    /// What a statement gives that does not fail.
    pub(crate) fn given(&self, how: &str, sql: &str, values: Value) -> Value {
        let answer = self.ask(how, sql, values);
        assert!(answer["failed"].is_null(), "{sql}: {answer}");
        answer["ok"].clone()
    }

    /// The error of one that does.
    pub(crate) fn failed(&self, how: &str, sql: &str, values: Value) -> Value {
        let answer = self.ask(how, sql, values);
        assert!(answer["failed"].is_object(), "{sql}: {answer}");
        answer["failed"].clone()
    }

    pub(crate) fn transaction(&self, steps: Value) -> Value {
        self.post("/transaction", &json!({"steps": steps}))
    }
}

/// The answer that comes on a connection.
pub(crate) fn answer(mut stream: TcpStream) -> Value {
    let answer: Response = client::answer(&mut stream).expect("an answer");
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}
