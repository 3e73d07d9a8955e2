//! What others notice of a handler that takes long: nothing, as soon as their connections are
//! with another worker.
#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use rover::LogLevel;
use rover_tests::programs::neighbours;
use rover_tests::{Process, Response, Server};

fn send(stream: &mut TcpStream, path: &str) {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
}

fn receive(stream: &mut TcpStream) -> Response {
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer).unwrap();
    Response::parse(&answer[..length])
}

/// What tells one worker from another.
fn worker(stream: &mut TcpStream) -> Vec<u8> {
    send(stream, "/worker");
    let answer = receive(stream);
    assert_eq!(answer.status, 200);
    answer.body
}

/// Connections of one worker, and its name. A new one goes to the worker that has the fewest,
/// so that those of others stay open for as long.
fn connections(server: &Server, count: usize) -> (Vec<TcpStream>, Vec<u8>) {
    let mut first = server.connect();
    let name = worker(&mut first);
    let (mut all, mut others) = (vec![first], Vec::new());
    while all.len() < count {
        let mut other = server.connect();
        match worker(&mut other) == name {
            true => all.push(other),
            false => others.push(other),
        }
    }
    (all, name)
}

fn server() -> Server {
    Server::with_workers(neighbours::app().log_level(LogLevel::Off), 2)
}

#[test]
fn connections_move_away_from_a_handler_that_takes_long() {
    let server = server();
    let (mut all, first) = connections(&server, 4);
    let [spinning, waiting, idle, begun] = &mut all[..] else {
        panic!("four connections");
    };
    begun.write_all(b"GET /worker HTTP/1.1\r\n").unwrap();
    send(spinning, "/spin");
    send(waiting, "/worker");
    assert_eq!(receive(waiting).status, 200);
    assert_eq!(receive(spinning).status, 503);
    let moved = |stream: &mut TcpStream| (0..1000).any(|_| worker(stream) != first);
    assert!(moved(waiting));
    assert!(moved(idle));
    // Who asks for it stays with it, and so does a request that has begun, until it is
    // answered.
    assert_eq!(worker(spinning), first);
    begun.write_all(b"Host: t\r\n\r\n").unwrap();
    assert_eq!(receive(begun).body, first);
    assert!(moved(begun));
}

#[test]
fn nobody_moves_where_there_is_no_better_place() {
    let server = Server::with_workers(neighbours::app().log_level(LogLevel::Off), 1);
    let (mut all, first) = connections(&server, 2);
    let [spinning, waiting] = &mut all[..] else {
        panic!("two connections");
    };
    send(spinning, "/spin");
    send(waiting, "/worker");
    assert_eq!(receive(waiting).body, first);
    assert_eq!(receive(spinning).status, 503);
    assert_eq!(worker(waiting), first);
}

#[test]
fn a_connection_that_moved_ends_in_its_time() {
    let server = server();
    let (mut all, _) = connections(&server, 2);
    let [spinning, idle] = &mut all[..] else {
        panic!("two connections");
    };
    send(spinning, "/spin");
    assert_eq!(receive(spinning).status, 503);
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
}

/// Of workers with listening sockets of their own, the system gives a connection to one or
/// another.
#[test]
fn newcomers_do_not_wait_for_a_handler_that_takes_long() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_program"));
    let program = Process::start(program.args(["--workers", "2", "--log-level", "info"]));
    let mut spinning = program.connect();
    send(&mut spinning, "/spin");
    // A newcomer of the same moment would have its place before the handler begins.
    sleep(Duration::from_millis(500));
    for _ in 0..32 {
        let mut newcomer = program.connect();
        send(&mut newcomer, "/hello");
        assert_eq!(receive(&mut newcomer).body, b"hello");
    }
    spinning.set_nonblocking(true).unwrap();
    let answered = spinning.read(&mut [0]).map_err(|error| error.kind());
    assert_eq!(answered, Err(ErrorKind::WouldBlock));
}
