//! Limits of time, memory and number: what a client loses that is too slow, too large or too
//! many, and that others lose nothing.
#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rover::LogLevel;
use rover_tests::programs::{crowd, patience};
use rover_tests::{Response, Server};
use socket2::{Domain, Socket, Type};

/// Within which what happens after 0.3 s has happened.
const SOON: Duration = Duration::from_secs(10);

fn server() -> Server {
    Server::start(patience::app().log_level(LogLevel::Off))
}

/// What still comes on a connection; nothing more than that where it was reset.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => rest,
        read => read.map(|_| rest).unwrap(),
    }
}

/// One short answer; nothing where the connection ends without.
fn answer(stream: &mut TcpStream) -> Option<Response> {
    let mut answer = [0; 4096];
    match stream.read(&mut answer) {
        Ok(0) | Err(_) => None,
        Ok(length) => Some(Response::parse(&answer[..length])),
    }
}

/// Its status; 0 for none.
fn status(stream: &mut TcpStream) -> u16 {
    answer(stream).map_or(0, |answer| answer.status)
}

fn ask_for(stream: &mut TcpStream, path: &str) -> Option<Response> {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: t\r\n\r\n").ok()?;
    answer(stream)
}

fn ask(stream: &mut TcpStream) -> u16 {
    ask_for(stream, "/hello").map_or(0, |answer| answer.status)
}

/// Whether the server has said something, or has closed the connection.
fn has_input(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let waiting = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    waiting.is_ok()
}

/// Begins a request on a connection, which is busy until [`finish`].
fn begin(mut stream: TcpStream) -> TcpStream {
    let head = b"POST /length HTTP/1.1\r\nHost: t\r\nContent-Length: 2000\r\n\r\n";
    stream.write_all(head).unwrap();
    stream.write_all(&[b'x'; 1900]).unwrap();
    stream
}

fn finish(stream: &mut TcpStream) {
    stream.write_all(&[b'x'; 100]).unwrap();
    assert_eq!(answer(stream).unwrap().text(), "2000");
}

/// What a newcomer hears for whom there is no room.
fn assert_refused(mut stream: TcpStream) {
    let refused = Response::parse(&rest(&mut stream));
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after").unwrap(), "1");
}

/// A connection from another address of this machine.
fn connect_from(address: [u8; 4], server: &Server) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((address, 0)).into()).unwrap();
    socket.connect(&server.address().into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream
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
    let start = Instant::now();
    let mut stream = server.connect();
    for byte in b"GET /hello HTTP/1.1\r\nHost: t\r\nX: ".iter().cycle() {
        sleep(Duration::from_millis(20));
        if stream.write_all(&[*byte]).is_err() || start.elapsed() > SOON || has_input(&stream) {
            break;
        }
    }
    assert!(start.elapsed() < SOON);
    assert_eq!(Response::parse(&rest(&mut stream)).status, 408);
}

#[test]
fn a_connection_stays_for_a_while() {
    let server = server();
    let mut stream = server.connect();
    assert_eq!(ask(&mut stream), 200);
    sleep(Duration::from_millis(100));
    assert_eq!(ask(&mut stream), 200);
    let start = Instant::now();
    assert_eq!(rest(&mut stream), b"");
    assert!(start.elapsed() < SOON);
}

#[test]
fn a_body_has_a_least_speed() {
    let server = server();
    let head =
        b"POST /length HTTP/1.1\r\nHost: t\r\nContent-Length: 6000\r\nConnection: close\r\n\r\n";
    // 5000 bytes per second.
    let mut stream = server.connect();
    stream.write_all(head).unwrap();
    for _ in 0..60 {
        stream.write_all(&[b'x'; 100]).unwrap();
        sleep(Duration::from_millis(20));
    }
    assert_eq!(Response::parse(&rest(&mut stream)).text(), "6000");
    // 50 bytes per second.
    let mut stream = server.connect();
    stream.write_all(head).unwrap();
    let start = Instant::now();
    while start.elapsed() < SOON && stream.write_all(b"x").is_ok() && !has_input(&stream) {
        sleep(Duration::from_millis(20));
    }
    assert!(start.elapsed() < SOON);
    assert_eq!(Response::parse(&rest(&mut stream)).status, 408);
}

#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let server = server();
    let mut stream = server.connect();
    stream
        .write_all(b"GET /large HTTP/1.1\r\nHost: t\r\n\r\n")
        .unwrap();
    // Six times the grace, and some time for others on this machine.
    sleep(Duration::from_secs(10));
    let read = rest(&mut stream).len();
    assert!(read > 0);
    assert!(read < 32 * 1024 * 1024, "{read}");
}

#[test]
fn a_client_that_reads_slowly_is_not() {
    let server = server();
    let mut stream = server.connect();
    stream
        .write_all(b"GET /large HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut read = 0;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            bytes => read += bytes,
        }
        sleep(Duration::from_millis(20));
    }
    assert!(read > 32 * 1024 * 1024, "{read}");
}

#[test]
fn the_oldest_idle_connection_of_an_address_makes_room() {
    let server = server();
    let mut streams: Vec<TcpStream> = (0..3).map(|_| server.connect()).collect();
    for stream in &mut streams {
        assert_eq!(ask(stream), 200);
        sleep(Duration::from_millis(60));
    }
    let mut fourth = server.connect();
    assert_eq!(ask(&mut fourth), 200);
    assert_eq!(rest(&mut streams[0]), b"");
    assert_eq!(ask(&mut streams[1]), 200);
    assert_eq!(ask(&mut streams[2]), 200);
}

#[test]
fn a_connection_without_a_request_makes_room_first() {
    let server = server();
    let mut oldest = server.connect();
    assert_eq!(ask(&mut oldest), 200);
    sleep(Duration::from_millis(60));
    let mut silent = server.connect();
    let mut idle = server.connect();
    assert_eq!(ask(&mut idle), 200);
    assert_eq!(ask(&mut server.connect()), 200);
    assert_eq!(rest(&mut silent), b"");
    assert_eq!(ask(&mut oldest), 200);
    assert_eq!(ask(&mut idle), 200);
}

#[test]
fn busy_connections_do_not_make_room_and_other_addresses_have_their_own() {
    let server = server();
    let mut busy: Vec<TcpStream> = (0..3).map(|_| begin(server.connect())).collect();
    sleep(Duration::from_millis(100));
    assert_refused(server.connect());
    if cfg!(target_os = "linux") {
        let mut others: Vec<TcpStream> = (0..3)
            .map(|_| connect_from([127, 0, 0, 2], &server))
            .collect();
        for stream in &mut others {
            assert_eq!(ask(stream), 200);
        }
        // All six are there; a third address takes the place of the oldest that is idle.
        assert_eq!(ask(&mut connect_from([127, 0, 0, 3], &server)), 200);
        assert_eq!(rest(&mut others[0]), b"");
    }
    busy.iter_mut().for_each(finish);
    // Room is made again by those that are idle now, and is there when they are gone.
    assert_eq!(ask(&mut server.connect()), 200);
    drop(busy);
    let mut three: Vec<TcpStream> = (0..3).map(|_| server.connect()).collect();
    assert!(three.iter_mut().all(|stream| ask(stream) == 200));
}

#[test]
#[cfg(target_os = "linux")]
fn where_all_are_busy_a_newcomer_of_any_address_waits_for_the_first_to_go() {
    let server = server();
    let addresses = [[127, 0, 0, 1], [127, 0, 0, 2]];
    let connections = addresses.iter().flat_map(|address| [address; 3]);
    let mut busy: Vec<TcpStream> = connections
        .map(|address| begin(connect_from(*address, &server)))
        .collect();
    sleep(Duration::from_millis(100));
    for address in [[127, 0, 0, 1], [127, 0, 0, 2], [127, 0, 0, 3]] {
        assert_refused(connect_from(address, &server));
    }
    // They were not disturbed; one that goes leaves its place to whoever comes.
    let mut first = busy.remove(0);
    finish(&mut first);
    drop(first);
    let start = Instant::now();
    while ask(&mut connect_from([127, 0, 0, 3], &server)) != 200 {
        assert!(start.elapsed() < SOON);
    }
    busy.iter_mut().for_each(finish);
}

#[test]
fn a_chunked_body_has_no_more_memory_than_there_is() {
    let server = server();
    let mut stream = server.connect();
    stream
        .write_all(b"POST /length HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
        .unwrap();
    let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
    for _ in 0..30 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let answer = rest(&mut stream);
    // The answer may be lost with what was not read.
    assert!(answer.is_empty() || Response::parse(&answer).status == 503);
    // What it held is free again.
    let body = vec![b'x'; 200_000];
    let head =
        "POST /length HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n";
    let answer = server.send(&[head.as_bytes(), &body].concat());
    assert_eq!(answer.text(), "200000");
}

/// Sends a request on each of so many connections, then reads the answers.
fn crowd(server: &Server, path: &str, count: usize) -> Vec<u16> {
    let mut streams: Vec<TcpStream> = (0..count).map(|_| server.connect()).collect();
    for stream in &mut streams {
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
    }
    let answers = streams.iter_mut().map(|stream| {
        let answer = Response::parse(&rest(stream));
        if answer.status == 503 {
            assert_eq!(answer.header("retry-after").unwrap(), "1");
        }
        answer.status
    });
    answers.collect()
}

#[test]
fn a_crowd_is_thinned_out() {
    let server = Server::start(crowd::app().log_level(LogLevel::Off));
    // Four seconds of work.
    let statuses = crowd(&server, "/work", 200);
    let count = |status| statuses.iter().filter(|s| **s == status).count();
    assert_eq!(count(200) + count(503), 200, "{statuses:?}");
    assert!(count(200) > 0, "{statuses:?}");
    assert!(count(503) > 0, "{statuses:?}");
    assert_eq!(server.get("/work").status, 200);
}

#[test]
fn one_long_handler_turns_nobody_away() {
    let server = Server::start(crowd::app().log_level(LogLevel::Off));
    let mut long = server.connect();
    long.write_all(b"GET /long HTTP/1.1\r\nHost: t\r\n\r\n")
        .unwrap();
    sleep(Duration::from_millis(100));
    assert_eq!(crowd(&server, "/work", 5), [200; 5]);
    assert_eq!(status(&mut long), 200);
}

/// Clients ask and go, by dropping the connection or closing their side of it, and others
/// stay. Whoever has its turn within half of `max_wait`, which is 150 ms, is served.
#[test]
fn who_has_left_is_not_served() {
    let server = Server::start(crowd::app().log_level(LogLevel::Off));
    let names = [("gone", 30), ("half", 10), ("waiting", 5)];
    let names = names.into_iter().flat_map(|(name, n)| vec![name; n]);
    let mut clients: Vec<(&str, TcpStream)> = names.map(|name| (name, server.connect())).collect();
    for (_, stream) in &mut clients {
        assert_eq!(ask_for(stream, "/noted").unwrap().text(), "{}");
    }
    // They are ready all at once when this handler ends.
    let mut long = server.connect();
    long.write_all(b"GET /long HTTP/1.1\r\nHost: t\r\n\r\n")
        .unwrap();
    sleep(Duration::from_millis(100));
    for (name, stream) in &mut clients {
        write!(stream, "GET /note/{name} HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
        if *name == "half" {
            stream.shutdown(Shutdown::Write).unwrap();
        }
    }
    clients.retain(|(name, _)| *name != "gone");
    assert_eq!(status(&mut long), 200);
    let mut answered = 0;
    for (name, stream) in &mut clients {
        match *name {
            "waiting" => assert_eq!(status(stream), 200),
            _ => answered += usize::from(!rest(stream).is_empty()),
        }
    }
    let noted = server.get("/noted").text();
    let noted: serde_json::Value = serde_json::from_str(&noted).unwrap();
    let served = |name: &str| noted[name].as_u64().unwrap_or(0) as usize;
    assert_eq!(served("waiting"), 5, "{noted}");
    // Of the 40 others those that had their turn soon, 20 ms for each.
    assert_eq!(served("half"), answered, "{noted}");
    assert!(served("half") + served("gone") < 25, "{noted}");
}

/// A client may close its sending side and wait for its answer, as long as that does not take
/// half of `max_wait`.
#[test]
fn who_only_stops_sending_is_served() {
    let server = Server::start(crowd::app().log_level(LogLevel::Off));
    for _ in 0..5 {
        let mut stream = server.connect();
        stream
            .write_all(b"GET /note/half HTTP/1.1\r\nHost: t\r\n\r\n")
            .unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(Response::parse(&rest(&mut stream)).status, 200);
    }
    assert_eq!(server.get("/noted").text(), r#"{"half":5}"#);
}
