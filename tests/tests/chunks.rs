//! Bodies that are much larger than a VM may be: read in parts, they take no more memory than small ones.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;

use rover_tests::client::read;
use rover_tests::{Process, Response};

const BYTES: usize = 256 << 20;
const BLOCK: usize = 64 << 10;
/// Buffers of both sides, and what the allocator keeps.
const MORE: usize = 64 << 20;

/// A server that answers everything with a large body, with its length or in chunks.
fn large(chunked: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            thread::spawn(move || send(&mut stream, chunked));
        }
    });
    address
}

/// Who asks may go away before it has all.
fn send(stream: &mut TcpStream, chunked: bool) -> Option<()> {
    let mut head = [0; 4096];
    read(stream, &mut head).ok()?;
    let length = match chunked {
        true => "Transfer-Encoding: chunked".to_owned(),
        false => format!("Content-Length: {BYTES}"),
    };
    write!(stream, "HTTP/1.1 200 OK\r\n{length}\r\n\r\n").ok()?;
    let block = [b'x'; BLOCK];
    for _ in 0..BYTES / BLOCK {
        if chunked {
            write!(stream, "{BLOCK:x}\r\n").ok()?;
        }
        stream.write_all(&block).ok()?;
        if chunked {
            write!(stream, "\r\n").ok()?;
        }
    }
    if chunked {
        write!(stream, "0\r\n\r\n").ok()?;
    }
    Some(())
}

fn start(reference: bool) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_case"));
    command
        .args(["--port", "0", "--workers", "1"])
        .env("ROVER_TEST_CASE", "chunks")
        .env_remove("ROVER_TEST_REFERENCE");
    if reference {
        command.env("ROVER_TEST_REFERENCE", "1");
    }
    Process::start(&mut command)
}

fn get(server: &Process, path: &str) -> Response {
    server.get(path).expect("an answer")
}

/// The most memory that a process has had, in bytes.
fn peak(server: &Process) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    kilobytes.expect("a number") << 10
}

#[test]
fn what_is_read_in_parts_takes_no_memory() {
    for reference in [false, true] {
        let server = start(reference);
        assert_eq!(get(&server, "/small").text(), "small");
        let before = peak(&server);
        for chunked in [false, true] {
            let path = format!("/read?at=http://{}", large(chunked));
            let expected = format!(r#"{{"bytes":{BYTES},"is_in_parts":true}}"#);
            assert_eq!(get(&server, &path).text(), expected);
        }
        let to = format!("/tmp/rover-chunks-{}", server.id());
        let path = format!("/copied?at=http://{}&to={to}", large(true));
        let expected = format!(r#"{{"bytes":{BYTES}}}"#);
        assert_eq!(get(&server, &path).text(), expected);
        let more = peak(&server) - before;
        println!("{} kB more", more >> 10);
        assert!(more < MORE, "{more} bytes more");
    }
}

#[test]
fn what_is_kept_has_the_limit_of_a_vm() {
    let server = start(false);
    let before = peak(&server);
    let path = format!("/whole?at=http://{}", large(false));
    assert_eq!(get(&server, &path).status, 500);
    let more = peak(&server) - before;
    assert!(more < MORE, "{more} bytes more");
    assert_eq!(get(&server, "/small").text(), "small");
}
