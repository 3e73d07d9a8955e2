use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

use rover::App;
use tokio::sync::oneshot;

use crate::PATIENCE;

/// A program that listens on a free port of this machine until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), rover::Error>>>,
}

/// A response as it came.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An address that nobody listens on, for a program that cannot choose one itself. On Linux all
/// of 127.0.0.0/8 is this machine, so that it is nobody else's in the next moment either: the
/// system gives no one a port of it who does not ask for this very host.
///
/// # Panics
/// When no port is free.
pub fn unused_address() -> SocketAddr {
    let [.., high, low] = std::process::id().to_be_bytes();
    let host = match cfg!(target_os = "linux") {
        true => Ipv4Addr::new(127, 64, high, low),
        false => Ipv4Addr::LOCALHOST,
    };
    let listener = TcpListener::bind((host, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket")
}

impl Server {
    /// Starts a program with one worker.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start(app: App) -> Self {
        Self::with_workers(app, 1)
    }

    /// Starts it with so many workers.
    ///
    /// # Panics
    /// When no port is free.
    pub fn with_workers(app: App, workers: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(app.workers(workers).serve(listener, async {
                let _ = stopped.await;
            }))
        });
        Server {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection to it.
    ///
    /// # Panics
    /// When it does not accept one.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the server accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends bytes and reads to the end.
    ///
    /// # Panics
    /// When there is no end.
    pub fn raw(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // A server that answers early may close while we still write.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                panic!(
                    "no end after {PATIENCE:?} of {:?}",
                    String::from_utf8_lossy(&answer)
                )
            }
            // Cut off: what has come counts.
            _ => answer,
        }
    }

    /// Sends one request on a connection of its own and reads the answer.
    ///
    /// # Panics
    /// When the answer is not HTTP.
    pub fn send(&self, request: &[u8]) -> Response {
        Response::parse(&self.raw(request))
    }

    /// A request without a body.
    pub fn get(&self, path: &str) -> Response {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").as_bytes())
    }

    /// Stops the server and waits for it.
    ///
    /// # Panics
    /// When it ended with an error.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join().expect("the server's thread");
            ended.expect("a clean end");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

impl Response {
    /// Reads an answer that ends with its connection.
    ///
    /// # Panics
    /// When it is not HTTP/1.1.
    pub fn parse(answer: &[u8]) -> Self {
        let shown = String::from_utf8_lossy(answer);
        let end = answer
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no end of head in {shown:?}"));
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok())
            .unwrap_or_else(|| panic!("no status line in {shown:?}"));
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Response {
            status,
            headers,
            body: answer[end + 4..].to_vec(),
        }
    }

    /// A header's values, joined as one.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(" | "))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
