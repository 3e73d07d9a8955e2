//! A name with several addresses, of which some refuse or say nothing. `.ci/addresses` runs this test: names are
//! given in a mount of its own over `/etc/hosts`, which not every machine allows.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;

use rover_tests::Process;
use rover_tests::client::read;
use socket2::{Domain, Socket, Type};

const ADDRESSES: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];

/// A program for which `two.test` has these addresses.
fn start() -> Process {
    let hosts = format!("/tmp/rover-hosts-{}", std::process::id());
    let lines = ADDRESSES.map(|address| format!("{address} two.test\n"));
    fs::write(&hosts, lines.concat()).expect("a new file");
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-c"])
        .arg(r#"mount --bind "$1" /etc/hosts && exec "$0" --port 0 --workers 1"#)
        .args([env!("CARGO_BIN_EXE_case"), &hosts])
        .env("ROVER_TEST_CASE", "chunks");
    let process = Process::start(&mut command);
    fs::remove_file(&hosts).expect("it was written");
    process
}

/// Answers everything.
fn listen(at: Ipv4Addr) -> u16 {
    let listener = TcpListener::bind((at, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut head = [0; 4096];
            read(&mut stream, &mut head).expect("a head");
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
            )
            .expect("the program reads");
        }
    });
    port
}

/// An address that takes no more connections, and says nothing of it, until this is dropped.
fn silence(at: Ipv4Addr, port: u16) -> (Socket, Vec<Socket>) {
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let address = std::net::SocketAddr::from((at, port)).into();
    full.bind(&address).expect("the port is free there");
    full.listen(0).expect("a listener");
    let queue = [(); 4].map(|()| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.set_nonblocking(true).expect("a mode");
        let _ = socket.connect(&address);
        socket
    });
    // The queue is full when one more is not let in.
    let more =
        TcpStream::connect_timeout(&(at, port).into(), std::time::Duration::from_millis(300));
    assert!(more.is_err(), "there is room in the queue");
    (full, queue.into())
}

#[test]
#[ignore = "needs a mount of its own: .ci/addresses"]
fn the_address_that_answers_is_found() {
    let server = start();
    for (good, other) in [(ADDRESSES[0], ADDRESSES[1]), (ADDRESSES[1], ADDRESSES[0])] {
        let port = listen(good);
        let asked = || {
            let path = format!("/read?at=http://two.test:{port}");
            server.get(&path).expect("an answer").text()
        };
        // The other one refuses.
        assert_eq!(
            asked(),
            r#"{"bytes":2,"is_in_parts":false}"#,
            "{other} refuses"
        );
        let silent = silence(other, port);
        assert_eq!(
            asked(),
            r#"{"bytes":2,"is_in_parts":false}"#,
            "{other} is silent"
        );
        drop(silent);
    }
    // Neither is there.
    let nobody = rover_tests::unused_address().port();
    let path = format!("/read?at=http://two.test:{nobody}");
    assert_eq!(server.get(&path).expect("an answer").status, 500);
}
