//! Hostile clients, many of each kind, on one thread.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::sleep;

use crate::Failure;
use crate::good::Client;
use crate::server::Server;

/// Hostile clients, until they are dropped.
pub(crate) struct Crowd {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // What happened to them is not what is measured.
            let _ = thread.join();
        }
    }
}

/// Runs clients beside each other; comes back when all of them have had time to connect.
fn crowd<C, F>(server: &Server, count: usize, client: C) -> Result<Crowd, Failure>
where
    C: Fn(std::net::SocketAddr) -> F + Send + 'static,
    F: Future<Output = std::io::Result<()>> + 'static,
{
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, address) = (Arc::clone(&stop), server.address());
    let (ready, all) = std::sync::mpsc::channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let thread = std::thread::spawn(move || {
        tokio::task::LocalSet::new().block_on(&runtime, async move {
            for number in 0..count {
                tokio::task::spawn_local(client(address));
                // The backlog of a listening socket is finite.
                if number % 50 == 0 {
                    sleep(Duration::from_millis(5)).await;
                }
            }
            let _ = ready.send(());
            while !stopped.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(50)).await;
            }
        });
    });
    all.recv()?;
    std::thread::sleep(Duration::from_secs(1));
    Ok(Crowd {
        stop,
        thread: Some(thread),
    })
}

/// A byte of a head each second; whoever is closed comes again.
pub(crate) fn slow_heads(server: &Server, count: usize) -> Result<Crowd, Failure> {
    crowd(server, count, |address| async move {
        loop {
            let Ok(mut stream) = TcpStream::connect(address).await else {
                sleep(Duration::from_secs(1)).await;
                continue;
            };
            let head = b"GET /echo HTTP/1.1\r\nHost: s\r\nX-Slow: ".iter().cycle();
            for byte in head {
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
                sleep(Duration::from_secs(1)).await;
            }
        }
    })
}

/// A byte of a body every tenth of a second; whoever is closed comes again.
pub(crate) fn slow_bodies(server: &Server, count: usize) -> Result<Crowd, Failure> {
    crowd(server, count, |address| async move {
        loop {
            let mut stream = TcpStream::connect(address).await?;
            let head = b"POST /echo HTTP/1.1\r\nHost: s\r\nContent-Length: 100000\r\n\r\n";
            let mut alive = stream.write_all(head).await.is_ok();
            while alive {
                alive = stream.write_all(b"x").await.is_ok();
                sleep(Duration::from_millis(100)).await;
            }
        }
    })
}

/// Large responses that nobody reads; whoever is closed comes again.
pub(crate) fn never_read(server: &Server, count: usize) -> Result<Crowd, Failure> {
    crowd(server, count, |address| async move {
        loop {
            let mut stream = TcpStream::connect(address).await?;
            let request = b"GET /large?with=x&kib=512 HTTP/1.1\r\nHost: s\r\n\r\n";
            let mut alive = stream.write_all(request).await.is_ok();
            while alive {
                sleep(Duration::from_secs(2)).await;
                alive = stream.write_all(request).await.is_ok();
            }
        }
    })
}

/// Connections that say nothing.
pub(crate) fn connects(server: &Server, count: usize) -> Result<Crowd, Failure> {
    crowd(server, count, |address| async move {
        loop {
            let mut stream = TcpStream::connect(address).await?;
            // Until the server has enough of it.
            let _ = stream.read(&mut [0]).await;
            sleep(Duration::from_secs(1)).await;
        }
    })
}

/// Endless loops, each on a connection of its own, from another address than everybody's.
pub(crate) fn spin_anew(server: &Server) -> Result<Crowd, Failure> {
    crowd(server, 1, |address| async move {
        loop {
            let socket = TcpSocket::new_v4()?;
            socket.bind((Ipv4Addr::new(127, 0, 0, 2), 0).into())?;
            let mut stream = socket.connect(address).await?;
            let request = b"GET /spin HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n";
            stream.write_all(request).await?;
            // Each is stopped at its deadline.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    })
}

/// Endless loops on one connection, one after the other.
pub(crate) fn spin(client: Client) -> Result<Crowd, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let thread = std::thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            // Each is stopped at its deadline.
            if client.get("/spin").is_err() {
                return;
            }
        }
    });
    Ok(Crowd {
        stop,
        thread: Some(thread),
    })
}
