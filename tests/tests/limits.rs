//! Limits of time: what a client loses that is too slow, and one that is not loses nothing.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rover::LogLevel;
use rover_tests::client::{ask_for, has_input, in_time, read, rest};
use rover_tests::programs::patience;
use rover_tests::{Response, Server};

/// Within which what happens after a second has happened.
const SOON: Duration = Duration::from_secs(15);
/// Half of what the program grants for a head, between two requests, and before a body's or a
/// response's speed counts. A client that is never longer at anything is in time.
const QUICK: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(20);
const LARGE: usize = 32 * 1024 * 1024;

fn server() -> Server {
    Server::start(patience::app().log_level(LogLevel::Off))
}

fn ask(stream: &mut TcpStream) -> u16 {
    ask_for(stream, "/hello").map_or(0, |answer| answer.status)
}

#[test]
fn a_silent_client_is_closed() {
    let server = server();
    let start = Instant::now();
    assert_eq!(rest(&mut server.connect()), b"");
    assert!(start.elapsed() < SOON);
}

#[test]
fn a_head_has_its_time_however_it_comes() {
    let server = server();
    let answer = in_time(|| {
        let start = Instant::now();
        let mut stream = server.connect();
        let begun = stream.write_all(b"GET /hello HTTP/1.1\r\nHost: t\r\n");
        let late = start.elapsed() > QUICK;
        for byte in b"X: y\r\n".iter().cycle() {
            if has_input(&stream) || stream.write_all(&[*byte]).is_err() {
                break;
            }
            assert!(start.elapsed() < SOON);
            sleep(STEP);
        }
        // Whoever has not begun hears nothing.
        let answer = rest(&mut stream);
        (begun.is_ok() && !(late && answer.is_empty())).then_some(answer)
    });
    assert_eq!(Response::parse(&answer).status, 408);
}

#[test]
fn a_connection_stays_for_a_while() {
    let server = server();
    let mut stream = in_time(|| {
        let start = Instant::now();
        let mut stream = server.connect();
        let first = ask(&mut stream);
        sleep(Duration::from_millis(100));
        let statuses = (first, ask(&mut stream));
        if statuses != (200, 200) && start.elapsed() > QUICK {
            return None;
        }
        assert_eq!(statuses, (200, 200));
        Some(stream)
    });
    let start = Instant::now();
    assert_eq!(rest(&mut stream), b"");
    assert!(start.elapsed() < SOON);
}

const BODY: &[u8] =
    b"POST /length HTTP/1.1\r\nHost: t\r\nContent-Length: 6000\r\nConnection: close\r\n\r\n";

/// 5000 bytes per second, of which 1000 are asked for.
#[test]
fn a_body_that_is_fast_enough_is_taken() {
    let server = server();
    let answer = in_time(|| {
        let start = Instant::now();
        let mut late = false;
        let mut stream = server.connect();
        let mut alive = stream.write_all(BODY).is_ok();
        for sent in 0..60 {
            alive &= stream.write_all(&[b'x'; 100]).is_ok();
            late |= start.elapsed() > QUICK + Duration::from_millis(sent * 100);
            sleep(STEP);
        }
        let answer = rest(&mut stream);
        if late && (!alive || !answer.ends_with(b"6000")) {
            return None;
        }
        Some(answer)
    });
    assert_eq!(Response::parse(&answer).text(), "6000");
}

/// 50 bytes per second.
#[test]
fn a_body_that_is_too_slow_is_not() {
    let server = server();
    let mut stream = server.connect();
    stream.write_all(BODY).unwrap();
    let start = Instant::now();
    while !has_input(&stream) && stream.write_all(b"x").is_ok() {
        assert!(start.elapsed() < SOON);
        sleep(STEP);
    }
    assert_eq!(Response::parse(&rest(&mut stream)).status, 408);
}

#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let server = server();
    // Six times the grace, and some time for others on this machine; or more of it.
    let waits = [10, 30, 60].map(Duration::from_secs);
    let cut = waits.iter().any(|wait| {
        let mut stream = server.connect();
        stream
            .write_all(b"GET /large HTTP/1.1\r\nHost: t\r\n\r\n")
            .unwrap();
        sleep(*wait);
        (1..LARGE).contains(&rest(&mut stream).len())
    });
    assert!(cut);
}

#[test]
fn a_client_that_reads_slowly_is_not() {
    let server = server();
    let bytes = in_time(|| {
        let mut stream = server.connect();
        let mut before = Instant::now();
        stream
            .write_all(b"GET /large HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
            .unwrap();
        let (mut bytes, mut late) = (0, false);
        let mut buffer = vec![0; 1 << 20];
        loop {
            match read(&mut stream, &mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(more) => bytes += more,
            }
            sleep(STEP);
            late |= before.elapsed() > QUICK;
            before = Instant::now();
        }
        (bytes > LARGE || !late).then_some(bytes)
    });
    assert!(bytes > LARGE, "{bytes}");
}
