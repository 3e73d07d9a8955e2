//! More requests than a worker has time for: whom it serves, whom it turns away.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use rover_tests::client::{ask_for, has_input, in_time, rest, send, status};
use rover_tests::{Process, Response};

/// For a request to be in its handler. Where that takes longer it is still the first in line.
const A_WHILE: Duration = Duration::from_millis(100);

/// One worker of `contract/crowd`.
fn server() -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crowd"));
    Process::start(command.args(["--port", "0", "--workers", "1", "--log-level", "info"]))
}

/// Sends a request on each of so many connections, then reads the answers.
fn crowd(server: &Process, path: &str, count: usize) -> Vec<u16> {
    let mut streams: Vec<TcpStream> = (0..count).map(|_| server.connect()).collect();
    for stream in &mut streams {
        let request = format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
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
    let server = server();
    // Four seconds of work.
    let statuses = crowd(&server, "/work", 200);
    let count = |status| statuses.iter().filter(|s| **s == status).count();
    assert_eq!(count(200) + count(503), 200, "{statuses:?}");
    assert!(count(200) > 0, "{statuses:?}");
    assert!(count(503) > 0, "{statuses:?}");
    assert_eq!(server.get("/work").unwrap().status, 200);
}

/// They wait for longer than `max_wait`, which is 300 ms, but behind nothing else.
#[test]
fn one_long_handler_turns_nobody_away() {
    let server = server();
    let mut streams: Vec<TcpStream> = (0..6).map(|_| server.connect()).collect();
    for stream in &mut streams {
        assert_eq!(ask_for(stream, "/noted").unwrap().text(), "{}");
    }
    // All are ready at once when this handler ends, and one of them takes as long again.
    let mut first = server.connect();
    send(&mut first, "/long").unwrap();
    sleep(A_WHILE);
    send(&mut streams[0], "/long").unwrap();
    for stream in &mut streams[1..] {
        send(stream, "/noted").unwrap();
    }
    assert_eq!(status(&mut first), 200);
    let statuses: Vec<u16> = streams.iter_mut().map(status).collect();
    assert_eq!(statuses, [200; 6]);
}

/// Clients ask and go, by dropping the connection or closing their side of it, and others
/// stay. Whoever has its turn within half of `max_wait`, which is 150 ms, is served.
#[test]
fn who_has_left_is_not_served() {
    in_time(|| {
        let server = server();
        let names = [("gone", 30), ("half", 10), ("waiting", 5)];
        let names = names.into_iter().flat_map(|(name, n)| vec![name; n]);
        let mut clients: Vec<(&str, TcpStream)> =
            names.map(|name| (name, server.connect())).collect();
        for (_, stream) in &mut clients {
            assert_eq!(ask_for(stream, "/noted").unwrap().text(), "{}");
        }
        // They are ready all at once when this handler ends.
        let mut long = server.connect();
        send(&mut long, "/long").unwrap();
        sleep(A_WHILE);
        for (name, stream) in &mut clients {
            send(stream, &format!("/note/{name}")).unwrap();
            if *name == "half" {
                stream.shutdown(Shutdown::Write).unwrap();
            }
        }
        clients.retain(|(name, _)| *name != "gone");
        if has_input(&long) {
            // It has ended before.
            return None;
        }
        assert_eq!(status(&mut long), 200);
        let mut answered = 0;
        for (name, stream) in &mut clients {
            match *name {
                "waiting" => assert_eq!(status(stream), 200),
                _ => answered += usize::from(!rest(stream).is_empty()),
            }
        }
        let noted = server.get("/noted").unwrap().text();
        let noted: serde_json::Value = serde_json::from_str(&noted).unwrap();
        let served = |name: &str| noted[name].as_u64().unwrap_or(0) as usize;
        assert_eq!(served("waiting"), 5, "{noted}");
        // Of the 40 others those that had their turn soon, 20 ms for each.
        assert_eq!(served("half"), answered, "{noted}");
        assert!(served("half") + served("gone") < 25, "{noted}");
        Some(())
    });
}

/// A client may close its sending side and wait for its answer, as long as that does not take
/// half of `max_wait`.
#[test]
fn who_only_stops_sending_is_served() {
    let server = server();
    for _ in 0..5 {
        let mut stream = server.connect();
        send(&mut stream, "/note/half").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(Response::parse(&rest(&mut stream)).status, 200);
    }
    let noted = server.get("/noted").unwrap().text();
    assert_eq!(noted, r#"{"half":5}"#);
}
