//! Clients that do nothing wrong, and count what goes wrong for them.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;

/// Between two requests: 200 in a second.
const PACE: Duration = Duration::from_millis(5);
/// An answer that takes longer is none. On a slow machine with others' work one may wait for
/// the end of a handler that spins, which has a second of the processor.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) closes: bool,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Client {
            stream: BufReader::new(stream),
            address,
        })
    }

    pub(crate) fn get(&self, target: &str) -> io::Result<Answer> {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: s\r\n\r\n").as_bytes())?;
        read_answer(&mut BufReader::new(self.stream.get_ref()))
    }

    pub(crate) fn send(&self, request: &[u8]) -> io::Result<()> {
        self.stream.get_ref().write_all(request)
    }

    pub(crate) fn receive(&mut self) -> io::Result<Answer> {
        read_answer(&mut self.stream)
    }

    /// The answers to several requests.
    pub(crate) fn answers(&self) -> Answers<'_> {
        Answers(BufReader::new(self.stream.get_ref()))
    }

    /// Closes the side that requests go.
    pub(crate) fn end_of_requests(&self) -> io::Result<()> {
        match self.stream.get_ref().shutdown(Shutdown::Write) {
            // The server was first.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            closed => closed,
        }
    }

    /// All that comes until the server closes; nothing more where it resets.
    pub(crate) fn rest(&self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        match self.stream.get_ref().read_to_end(&mut rest) {
            Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
            _ => Ok(rest),
        }
    }
}

/// Answers on one connection, in order.
pub(crate) struct Answers<'a>(BufReader<&'a TcpStream>);

impl Answers<'_> {
    pub(crate) fn next_answer(&mut self) -> io::Result<Answer> {
        read_answer(&mut self.0)
    }
}

fn read_answer(stream: &mut impl BufRead) -> io::Result<Answer> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let status = line.get(9..12).and_then(|code| code.parse().ok());
    let (mut length, mut closes) = (0, false);
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap_or_default(),
            Some(("connection", value)) => closes = value == "close",
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Answer {
        status: status.ok_or(io::ErrorKind::InvalidData)?,
        body,
        closes,
    })
}

/// What tells one worker from another.
pub(crate) fn worker_of(client: &Client) -> Result<Vec<u8>, Failure> {
    Ok(client.get("/worker")?.body)
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) requests: usize,
    pub(crate) errors: usize,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) most: Duration,
    first_error: Option<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        write!(
            f,
            "{} requests, {} errors, p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
            self.requests,
            self.errors,
            millis(self.p50),
            millis(self.p99),
            millis(self.most)
        )?;
        match &self.first_error {
            Some(error) => write!(f, " (first error: {error})"),
            None => Ok(()),
        }
    }
}

/// As many clients as workers, each at its pace.
pub(crate) fn serve(
    address: SocketAddr,
    clients: usize,
    time: Duration,
) -> Result<Report, Failure> {
    let clients = (0..clients)
        .map(|_| Client::connect(address))
        .collect::<Result<Vec<_>, _>>()?;
    let threads: Vec<_> = clients
        .into_iter()
        .map(|client| thread::spawn(move || requests(client, time)))
        .collect();
    let mut all = Outcome::default();
    for thread in threads {
        let outcome = thread.join().map_err(|_| "a client's thread panicked")?;
        all.latencies.extend(outcome.latencies);
        all.errors.extend(outcome.errors);
    }
    Ok(all.report())
}

/// One client at its pace, on a connection that is there.
pub(crate) fn serve_on(client: Client, time: Duration) -> Result<Report, Failure> {
    Ok(requests(client, time).report())
}

#[derive(Default)]
struct Outcome {
    latencies: Vec<Duration>,
    errors: Vec<String>,
}

/// Requests at fixed times: one that is late is counted from when it should have been.
fn requests(mut client: Client, time: Duration) -> Outcome {
    let mut outcome = Outcome::default();
    let start = Instant::now();
    for number in 0.. {
        let due = start + PACE * number;
        if due >= start + time {
            break;
        }
        if start.elapsed() > time + PATIENCE {
            let behind = "requests were not made in time for the answers to others";
            outcome.errors.push(behind.to_owned());
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let request = format!("GET /echo?say={number} HTTP/1.1\r\nHost: s\r\n\r\n");
        let sent = client.send(request.as_bytes());
        match sent.and_then(|()| client.receive()) {
            Ok(answer) if answer.status == 200 && answer.body == number.to_string().as_bytes() => {
                outcome.latencies.push(due.elapsed());
                if answer.closes {
                    reconnect(&mut client, &mut outcome);
                }
            }
            Ok(answer) => outcome.errors.push(format!("status {}", answer.status)),
            Err(error) => {
                outcome.errors.push(error.to_string());
                reconnect(&mut client, &mut outcome);
            }
        }
    }
    outcome
}

fn reconnect(client: &mut Client, outcome: &mut Outcome) {
    match Client::connect(client.address) {
        Ok(new) => *client = new,
        Err(error) => outcome.errors.push(error.to_string()),
    }
}

impl Outcome {
    fn report(mut self) -> Report {
        self.latencies.sort_unstable();
        let at = |share: f64| {
            let index = (self.latencies.len() as f64 * share) as usize;
            let last = self.latencies.last();
            self.latencies
                .get(index)
                .or(last)
                .copied()
                .unwrap_or_default()
        };
        Report {
            requests: self.latencies.len() + self.errors.len(),
            errors: self.errors.len(),
            p50: at(0.5),
            p99: at(0.99),
            most: at(1.0),
            first_error: self.errors.first().cloned(),
        }
    }
}
