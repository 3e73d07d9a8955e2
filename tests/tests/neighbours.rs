//! What others notice of a handler that takes long: nothing, as soon as their connections are
//! with another worker.
#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use rover::LogLevel;
use rover_tests::client::{answer, in_time, read, send};
use rover_tests::programs::neighbours;
use rover_tests::{Process, Response, Server};

fn receive(stream: &mut TcpStream) -> Response {
    answer(stream).unwrap()
}

/// Asks for what ends with its deadline only.
fn spin(stream: &mut TcpStream) {
    send(stream, "/spin").unwrap();
    assert_eq!(receive(stream).status, 503);
}

/// What tells one worker from another.
fn worker(stream: &mut TcpStream) -> Vec<u8> {
    send(stream, "/worker").unwrap();
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
        if others.len() > 2 * count {
            // The machine did not let that worker run for a moment, and for some seconds it is
            // taken for one that has long handlers.
            sleep(Duration::from_millis(50));
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
    send(spinning, "/spin").unwrap();
    send(waiting, "/worker").unwrap();
    assert_eq!(receive(waiting).status, 200);
    assert_eq!(receive(spinning).status, 503);
    // For a few seconds after a long handler connections move, where the other worker is not
    // taken for one with long handlers itself, which it is where the machine did not let it
    // run for a moment: then it takes another one.
    let mut moves = |stream: &mut TcpStream| {
        in_time(|| {
            spin(spinning);
            (0..1000).any(|_| worker(stream) != first).then_some(())
        });
    };
    moves(waiting);
    moves(idle);
    // A request that has begun stays with it until it is answered.
    begun.write_all(b"Host: t\r\n\r\n").unwrap();
    assert_eq!(receive(begun).body, first);
    moves(begun);
    // So does who asks for it.
    assert_eq!(worker(spinning), first);
}

#[test]
fn nobody_moves_where_there_is_no_better_place() {
    let server = Server::with_workers(neighbours::app().log_level(LogLevel::Off), 1);
    let (mut all, first) = connections(&server, 2);
    let [spinning, waiting] = &mut all[..] else {
        panic!("two connections");
    };
    send(spinning, "/spin").unwrap();
    send(waiting, "/worker").unwrap();
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
    spin(spinning);
    assert_eq!(read(idle, &mut [0]).unwrap(), 0);
}

/// Connects from an address of this machine. On Linux all of 127.0.0.0/8 are.
#[cfg(target_os = "linux")]
fn connect_from(host: [u8; 4], server: &Server) -> TcpStream {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let from = std::net::SocketAddr::from((host, 0));
    socket.bind(&from.into()).unwrap();
    socket.connect(&server.address().into()).unwrap();
    let stream = TcpStream::from(socket);
    stream
        .set_read_timeout(Some(rover_tests::PATIENCE))
        .unwrap();
    stream
}

/// A worker that is left is the place for what its address asks for next: elsewhere it would
/// meet those who left.
#[cfg(target_os = "linux")]
#[test]
fn new_connections_that_spin_stay_on_one_worker() {
    const ROUNDS: usize = 10;
    in_time(|| {
        let server = server();
        let mut good = server.connect();
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let mut spinning = connect_from([127, 0, 0, 2], &server);
            send(&mut spinning, "/spin").unwrap();
            let beside = worker(&mut good);
            let answer = receive(&mut spinning);
            assert_eq!(answer.status, 503);
            if answer.header("retry-after").is_some() {
                // The machine did not let the worker run: it has turned the request away.
                return None;
            }
            // It has stayed where its handler ran.
            rounds.push((worker(&mut spinning), beside));
        }
        let (place, _) = rounds[0].clone();
        let together = rounds.iter().filter(|(spun, _)| *spun == place).count();
        let apart = rounds
            .iter()
            .filter(|(spun, beside)| spun != beside)
            .count();
        // The good one was with the other worker, unless that was for once not let run.
        (together == ROUNDS && apart >= ROUNDS / 2).then_some(())
    });
}

/// Of workers with listening sockets of their own, the system gives a connection to one or
/// another.
#[test]
fn newcomers_do_not_wait_for_a_handler_that_takes_long() {
    in_time(|| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_program"));
        let program = Process::start(program.args(["--workers", "2", "--log-level", "info"]));
        let mut spinning = program.connect();
        send(&mut spinning, "/spin").unwrap();
        // A newcomer of the same moment would have its place before the handler begins.
        sleep(Duration::from_millis(500));
        let mut newcomers = (0..32).map(|_| {
            let mut newcomer = program.connect();
            send(&mut newcomer, "/hello").unwrap();
            receive(&mut newcomer).body
        });
        assert!(newcomers.all(|body| body == b"hello"));
        spinning.set_nonblocking(true).unwrap();
        match spinning.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Some(()),
            // One of them waited for it: the handler had not begun, for once.
            _ => None,
        }
    });
}
