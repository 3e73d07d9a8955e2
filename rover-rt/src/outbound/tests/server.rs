//! Servers of one test: each connection runs what the test gives.

use std::cell::Cell;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use super::super::{Client, Defaults, FetchBody, FetchRequest, FetchResponse};
use crate::wait::error::WaitError;

/// Runs a test as a worker runs.
pub(super) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test);
}

/// A server on a port of its own, which counts its connections.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    connections: Rc<Cell<usize>>,
}

impl Server {
    pub(super) async fn start<F, R>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> R + 'static,
        R: Future<Output = ()> + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Rc::new(Cell::new(0));
        let count = Rc::clone(&connections);
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.set(count.get() + 1);
                tokio::task::spawn_local(serve(stream));
            }
        });
        Server {
            address,
            connections,
        }
    }

    /// A server that gives each request one answer, as its head is, and keeps the connection.
    pub(super) async fn answering(answer: impl Fn(&str) -> String + Clone + 'static) -> Self {
        Server::start(move |mut stream| {
            let answer = answer.clone();
            async move {
                while let Some(head) = read_request(&mut stream).await {
                    if stream.write_all(answer(&head).as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await
    }

    /// A server that reads a request, writes these bytes and closes.
    pub(super) async fn writing(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Rc<[u8]> = bytes.into().into();
        Server::start(move |mut stream| {
            let bytes = Rc::clone(&bytes);
            async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.get()
    }
}

/// The head of a request with its body, or `None` at the end of the connection.
pub(super) async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(read[..end].to_vec()).unwrap();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if read.len() >= end + 4 + length {
                return Some(String::from_utf8_lossy(&read).into_owned());
            }
        }
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
}

/// Everything a server reads until the client is gone.
pub(super) async fn until_closed<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let mut buffer = [0; 1024];
    while matches!(stream.read(&mut buffer).await, Ok(read) if read > 0) {}
}

pub(super) fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// What clients of tests begin with: time enough for a very busy machine.
pub(super) fn defaults() -> Defaults {
    Defaults {
        timeout: Duration::from_secs(120),
        ..Defaults::default()
    }
}

pub(super) fn client() -> Client {
    Client::new(defaults())
}

pub(super) async fn get(client: &Client, url: &str) -> Result<FetchResponse, WaitError> {
    client.fetch(request(client, url)).await
}

pub(super) fn request(client: &Client, url: &str) -> Box<FetchRequest> {
    client.request(b"GET", url).unwrap()
}

/// The error of a GET.
pub(super) async fn error(client: &Client, url: &str) -> WaitError {
    get(client, url).await.unwrap_err()
}

impl FetchResponse {
    pub(super) fn text(&self) -> &str {
        match &self.body {
            FetchBody::Collected(body) => std::str::from_utf8(body).unwrap(),
            FetchBody::Stream(_) => panic!("the body is a stream"),
        }
    }

    /// A header as a text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name);
        value.map(|value| std::str::from_utf8(value).unwrap())
    }
}
