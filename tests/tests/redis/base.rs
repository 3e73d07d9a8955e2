//! The server, and programs that use it.

use std::io::Write;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rover_tests::{PATIENCE, Process, client};
use serde_json::{Value, json};

/// Each test has the server for itself.
static SERVER: Mutex<()> = Mutex::new(());

pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run .ci/redis"))
}

/// The server, with nothing in it.
pub(crate) struct Server(#[expect(dead_code)] MutexGuard<'static, ()>);

impl Server {
    pub(crate) fn new() -> Server {
        let alone = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        let server = Server(alone);
        server.says(&["flushall"]);
        server
    }

    /// What the server itself says.
    pub(crate) fn says(&self, words: &[&str]) -> String {
        let mut command = Command::new(variable("ROVER_TEST_REDIS_CLI"));
        let command = command.args(["-s", &variable("ROVER_TEST_REDIS_SOCKET")]);
        let output = command.args(words).output().expect("redis-cli runs");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Stops or starts it.
    pub(crate) fn control(&self, how: &str) {
        let mut command = Command::new(variable("ROVER_TEST_REDIS_CONTROL"));
        let done = command.arg(how).stdout(Stdio::null()).status();
        assert!(done.expect("it runs").success(), "{how}");
    }

    /// Starts the program with two workers.
    pub(crate) fn start(&self, environment: &[(&str, &str)]) -> Program {
        self.start_with("2", environment)
    }

    pub(crate) fn start_with(&self, workers: &str, environment: &[(&str, &str)]) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redis"));
        command.args(["--port", "0", "--workers", workers]);
        command.env("ROVER_TEST_REDIS", variable("ROVER_TEST_REDIS"));
        command.envs(environment.iter().copied());
        Program(Process::start(&mut command))
    }

    /// How many connections others have.
    pub(crate) fn connections(&self) -> usize {
        let list = self.says(&["client", "list", "type", "normal"]);
        let own = |line: &&str| !line.contains("cmd=client");
        list.lines().filter(own).count()
    }
}

/// Waits for something.
pub(crate) fn until(what: &str, mut is: impl FnMut() -> bool) {
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

    /// One call: what it gives, or what its error has.
    pub(crate) fn ask(&self, method: &str, arguments: Value) -> Value {
        self.post("/ask", &asked(method, arguments))
    }

    /// What a call gives that does not fail.
    pub(crate) fn given(&self, method: &str, arguments: Value) -> Value {
        let answer = self.ask(method, arguments);
        assert!(answer["failed"].is_null(), "{method}: {answer}");
        answer["ok"].clone()
    }

    /// The error of one that does.
    pub(crate) fn failed(&self, method: &str, arguments: Value) -> Value {
        let answer = self.ask(method, arguments);
        assert!(answer["failed"].is_object(), "{method}: {answer}");
        answer["failed"].clone()
    }

    pub(crate) fn pipeline(&self, steps: &[(&str, Value)], is_atomic: bool) -> Value {
        let steps: Vec<_> = steps
            .iter()
            .map(|(method, arguments)| asked(method, arguments.clone()))
            .collect();
        self.post("/pipeline", &json!({"steps": steps, "atomic": is_atomic}))
    }
}

pub(crate) fn asked(method: &str, arguments: Value) -> Value {
    json!({"method": method, "arguments": arguments})
}

/// The answer that comes on a connection.
pub(crate) fn answer(mut stream: TcpStream) -> Value {
    let answer = client::answer(&mut stream).expect("an answer");
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}
