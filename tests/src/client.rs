//! A client's connection, step by step.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use crate::{PATIENCE, Response};

/// What still comes on a connection; nothing more than that where it was reset.
///
/// # Panics
/// When nothing comes, nor the end.
pub fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => rest,
        read => read.map(|_| rest).expect("the rest of a connection"),
    }
}

/// Reads what is there, or waits for it. A process that was stopped and goes on finds such a
/// wait interrupted where it has a time-out (signal(7)).
///
/// # Errors
/// When the connection was reset, or nothing comes.
pub fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// One short answer; nothing where the connection ends without.
pub fn answer(stream: &mut TcpStream) -> Option<Response> {
    let mut answer = [0; 4096];
    match read(stream, &mut answer) {
        Ok(0) | Err(_) => None,
        Ok(length) => Some(Response::parse(&answer[..length])),
    }
}

/// Its status; 0 for none.
pub fn status(stream: &mut TcpStream) -> u16 {
    answer(stream).map_or(0, |answer| answer.status)
}

/// Sends a request on a connection that goes on.
///
/// # Errors
/// When the connection has ended.
pub fn send(stream: &mut TcpStream, path: &str) -> std::io::Result<()> {
    // One segment, which is read at once.
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").as_bytes())
}

/// Sends a request and takes its answer, if one comes.
pub fn ask_for(stream: &mut TcpStream, path: &str) -> Option<Response> {
    send(stream, path).ok()?;
    answer(stream)
}

/// Whether the server has said something, or has closed the connection.
///
/// # Panics
/// When the socket has no modes.
pub fn has_input(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("a mode");
    let waiting = stream.peek(&mut [0]);
    stream.set_nonblocking(false).expect("a mode");
    waiting.is_ok()
}

/// Plays a scene in which the client must be quick until it was: where the machine does not
/// let it run for a while, what it meets says nothing of the server.
///
/// # Panics
/// When it never is.
pub fn in_time<T>(mut scene: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(outcome) = scene() {
            return outcome;
        }
        assert!(start.elapsed() < PATIENCE, "the client is always late");
    }
}
