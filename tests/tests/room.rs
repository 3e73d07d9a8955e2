//! Limits of number and memory: who makes room for whom, and who is turned away.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rover::LogLevel;
use rover_tests::client::{answer, ask_for, rest};
use rover_tests::programs::room;
use rover_tests::{PATIENCE, Response, Server};
use socket2::{Domain, Socket, Type};

fn server() -> Server {
    Server::start(room::app().log_level(LogLevel::Off))
}

fn ask(stream: &mut TcpStream) -> u16 {
    ask_for(stream, "/hello").map_or(0, |answer| answer.status)
}

/// Asks some time after everything else, as the server's clock tells it, which moves 20 times
/// a second. One that has not run for a while moves it with the first request, and so the
/// second is late enough.
fn ask_later(stream: &mut TcpStream) -> u16 {
    sleep(Duration::from_millis(150));
    ask(stream).min(ask(stream))
}

/// Begins a request on a connection, which is busy until [`finish`].
fn begin(mut stream: TcpStream) -> TcpStream {
    let head = b"POST /length HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\
                 Expect: 100-continue\r\n\r\n";
    stream.write_all(head).unwrap();
    let mut begun = [0; 25];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

fn finish(stream: &mut TcpStream) {
    stream.write_all(&[b'x'; 100]).unwrap();
    assert_eq!(answer(stream).unwrap().text(), "100");
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
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

#[test]
fn the_oldest_idle_connection_of_an_address_makes_room() {
    let server = server();
    let mut streams: Vec<TcpStream> = (0..3).map(|_| server.connect()).collect();
    for stream in &mut streams {
        assert_eq!(ask_later(stream), 200);
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
    let mut silent = server.connect();
    let mut idle = server.connect();
    assert_eq!(ask_later(&mut idle), 200);
    assert_eq!(ask(&mut server.connect()), 200);
    assert_eq!(rest(&mut silent), b"");
    assert_eq!(ask(&mut oldest), 200);
    assert_eq!(ask(&mut idle), 200);
}

#[test]
fn busy_connections_do_not_make_room_and_other_addresses_have_their_own() {
    let server = server();
    let mut busy: Vec<TcpStream> = (0..3).map(|_| begin(server.connect())).collect();
    assert_refused(server.connect());
    if cfg!(target_os = "linux") {
        let mut others: Vec<TcpStream> = (0..3)
            .map(|_| connect_from([127, 0, 0, 2], &server))
            .collect();
        for stream in &mut others {
            assert_eq!(ask_later(stream), 200);
        }
        // All six are there; a third address takes the place of the oldest that is idle.
        assert_eq!(ask(&mut connect_from([127, 0, 0, 3], &server)), 200);
        assert_eq!(rest(&mut others[0]), b"");
        assert_eq!(ask(&mut others[1]), 200);
        assert_eq!(ask(&mut others[2]), 200);
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
    for address in [[127, 0, 0, 1], [127, 0, 0, 2], [127, 0, 0, 3]] {
        assert_refused(connect_from(address, &server));
    }
    // They were not disturbed; one that goes leaves its place to whoever comes.
    let mut first = busy.remove(0);
    finish(&mut first);
    drop(first);
    let start = Instant::now();
    while ask(&mut connect_from([127, 0, 0, 3], &server)) != 200 {
        assert!(start.elapsed() < PATIENCE);
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
