//! One connection's task: bytes between its socket and its [`Exchange`].
//!
//! Idle connections hold no buffers: input is read into one that all connections of a
//! worker share, and only what remains of it is kept.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::connections::{Connections, Slot};
use crate::http1::{Exchange, Place, Step, timeout};
use crate::service::Service;

/// Seconds until a request's head must be complete.
const HEAD_SECONDS: u32 = 10;
/// Seconds between two requests.
const IDLE_SECONDS: u32 = 75;
/// Seconds within which something of a body, or of a response, must move.
const PROGRESS_SECONDS: u32 = 30;
/// Seconds for a new connection's request to come when the server stops.
const FRESH_SECONDS: u32 = 1;
/// Seconds for a client to close its side after ours.
const LINGER_SECONDS: u32 = 5;
/// Answers to pipelined requests are sent when they are so long.
const FLUSH_BYTES: usize = 64 * 1024;

/// What the connection is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Open,
    /// The last answer is being sent; after it what the client sends may be read.
    Closing {
        linger: bool,
    },
    /// Our side is closed; what the client still sends is read, so that it sees the
    /// answer (RFC 9112, section 9.6).
    Lingering,
}

/// Drives a connection to its end.
pub(crate) struct Connection {
    stream: TcpStream,
    client_ip: IpAddr,
    service: Rc<Service>,
    slot: Slot,
    exchange: Exchange,
    /// Input of a request that is not complete.
    input: Vec<u8>,
    /// Output that the socket did not take yet, from `sent` on.
    output: Vec<u8>,
    sent: usize,
    phase: Phase,
    /// Nothing was read yet.
    fresh: bool,
}

impl Connection {
    pub(crate) fn new(
        stream: TcpStream,
        client_ip: IpAddr,
        service: Rc<Service>,
        all: &Rc<Connections>,
    ) -> Self {
        let slot = Connections::enter(all);
        slot.expire_in(HEAD_SECONDS);
        Connection {
            stream,
            client_ip,
            service,
            slot,
            exchange: Exchange::default(),
            input: Vec::new(),
            output: Vec::new(),
            sent: 0,
            phase: Phase::Open,
            fresh: true,
        }
    }

    /// Takes what has come, and answers every request that is complete.
    fn receive(&mut self, new: &[u8]) {
        let mut kept = std::mem::take(&mut self.input);
        let input = if kept.is_empty() {
            new
        } else {
            kept.extend_from_slice(new);
            &kept
        };
        let done = self.exchange(input);
        if done < input.len() && self.phase == Phase::Open {
            // The head of a request, mostly: bodies are kept by the exchange.
            self.input = input[done..].to_vec();
        }
        let seconds = match (&self.exchange, self.input.is_empty()) {
            (exchange, true) if exchange.is_between() => IDLE_SECONDS,
            // Counted from the first byte of a head, not from the last.
            (exchange, false) if exchange.is_between() && done == 0 && !kept.is_empty() => return,
            (exchange, _) if exchange.is_between() => HEAD_SECONDS,
            _ => PROGRESS_SECONDS,
        };
        self.slot.expire_in(seconds);
    }

    /// Gives the number of bytes that are done with.
    fn exchange(&mut self, input: &[u8]) -> usize {
        let all = self.slot.all();
        let place = Place {
            service: &self.service,
            clock: all.clock(),
            client_ip: self.client_ip,
            stopping: all.is_stopping(),
        };
        let mut done = 0;
        loop {
            match self.exchange.step(&place, &input[done..], &mut self.output) {
                Step::More => return done,
                Step::Consumed(bytes) => done += bytes,
                Step::Close { unread } => {
                    self.phase = Phase::Closing { linger: unread };
                    return done;
                }
            }
            if self.output.len() >= FLUSH_BYTES {
                return done;
            }
        }
    }

    /// The time is over: 408 for a request that has begun, silence otherwise.
    fn expired(&mut self) -> bool {
        let begun = !self.input.is_empty() || !self.exchange.is_between();
        if self.phase != Phase::Open || !self.output.is_empty() || !begun {
            return false;
        }
        let all = self.slot.all();
        let place = Place {
            service: &self.service,
            clock: all.clock(),
            client_ip: self.client_ip,
            stopping: true,
        };
        timeout(&place, &mut self.output);
        self.phase = Phase::Closing { linger: true };
        self.slot.expire_in(PROGRESS_SECONDS);
        true
    }

    /// The client's side is closed: whether what it left calls for an answer.
    fn end(&mut self) -> bool {
        self.exchange.end_of_input();
        self.output = self.slot.all().take_output();
        self.receive(&[]);
        !self.output.is_empty()
    }

    /// Sends what is to be sent. Ready with an error where the client is gone.
    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        while self.sent < self.output.len() {
            let rest = &self.output[self.sent..];
            match Pin::new(&mut self.stream).poll_write(context, rest) {
                Poll::Ready(Ok(0)) => {
                    return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into()));
                }
                Poll::Ready(Ok(bytes)) => {
                    self.sent += bytes;
                    if self.sent < self.output.len() {
                        self.slot.expire_in(PROGRESS_SECONDS);
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        self.sent = 0;
        self.slot.all().give_back(std::mem::take(&mut self.output));
        Poll::Ready(Ok(()))
    }

    /// Reads once; nothing at the end of the stream.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<std::io::Result<usize>> {
        let all = Rc::clone(self.slot.all());
        let mut shared = all.input();
        let mut buffer = ReadBuf::new(&mut shared);
        match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                let new = buffer.filled();
                self.fresh = false;
                if !new.is_empty() && self.phase == Phase::Open {
                    self.output = all.take_output();
                    self.receive(new);
                }
                Poll::Ready(Ok(new.len()))
            }
        }
    }

    /// Whether a stop of the server ends it: no request has begun.
    fn is_free(&self) -> bool {
        self.input.is_empty() && self.exchange.is_between()
    }
}

impl Future for Connection {
    /// What a client does to its connection is its own affair: there is no error.
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.slot.register(context.waker());
        if this.slot.is_expired() && !this.expired() {
            return Poll::Ready(());
        }
        loop {
            if !this.output.is_empty() {
                match this.poll_flush(context) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
                // Requests that were left for later when the output was long.
                if this.phase == Phase::Open && !this.input.is_empty() {
                    this.output = this.slot.all().take_output();
                    this.receive(&[]);
                    if !this.output.is_empty() {
                        continue;
                    }
                }
            }
            if let Phase::Closing { linger } = this.phase {
                match Pin::new(&mut this.stream).poll_shutdown(context) {
                    Poll::Ready(Ok(())) if linger => {}
                    Poll::Ready(_) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
                this.phase = Phase::Lingering;
                this.slot.expire_in(LINGER_SECONDS);
            }
            if this.phase == Phase::Open && this.slot.all().is_stopping() && this.is_free() {
                if !this.fresh {
                    return Poll::Ready(());
                }
                // Its first request may be on the way.
                this.slot.expire_in(FRESH_SECONDS);
            }
            match this.poll_receive(context) {
                Poll::Ready(Ok(0)) if this.phase == Phase::Open && this.end() => {}
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(()),
                Poll::Ready(Ok(_)) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
