//! The floor: a bare epoll loop that answers every head it reads with fixed bytes, and
//! does nothing else that a server must do.
//!
//! `epoll <port>`

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use socket2::{Domain, Socket, Type};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    content-length: 27\r\ndate: Tue, 24 Nov 2026 12:00:00 GMT\r\n\r\n\
    {\"message\":\"Hello, World!\"}";

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let port = std::env::args().nth(1).ok_or("usage: epoll <port>")?;
    let listener = listen(port.parse()?)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    let key = |socket: &dyn AsRawFd| EventData::new_u64(socket.as_raw_fd() as u64);
    let listening = key(&listener);
    epoll::add(&epoll, &listener, listening, EventFlags::IN)?;
    let mut connections: HashMap<u64, TcpStream> = HashMap::new();
    let mut input = vec![0; 64 * 1024];
    let mut events: Vec<Event> = Vec::with_capacity(1024);
    loop {
        events.clear();
        epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in &events {
            let data = event.data;
            if data.u64() == listening.u64() {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(true)?;
                stream.set_nodelay(true)?;
                epoll::add(&epoll, &stream, key(&stream), EventFlags::IN)?;
                connections.insert(key(&stream).u64(), stream);
            } else if let Some(stream) = connections.get_mut(&data.u64())
                && !answer(stream, &mut input)
            {
                connections.remove(&data.u64());
            }
        }
    }
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(1024)?;
    Ok(socket.into())
}

/// Whether the connection goes on. Every segment is taken to hold whole requests, which
/// holds for this load.
fn answer(stream: &mut TcpStream, input: &mut [u8]) -> bool {
    match stream.read(input) {
        Ok(0) => false,
        Ok(length) => {
            let requests = memchr::memmem::find_iter(&input[..length], b"\r\n\r\n").count();
            match requests {
                1 => stream.write_all(ANSWER).is_ok(),
                _ => stream.write_all(&ANSWER.repeat(requests)).is_ok(),
            }
        }
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
