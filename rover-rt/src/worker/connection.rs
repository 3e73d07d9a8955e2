//! One connection's task: bytes between its socket and its [`Exchange`].
//!
//! Idle connections hold no buffers: input is read into one that all connections of a
//! worker share, and only what remains of it is kept.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::http1::{Conditions, Exchange, Progress};
use crate::service::dispatch::ProgramService;
use crate::time::clock::{TICK, ticks, ticks_of};
use crate::vm::Task;
use crate::worker::address::Owner;
use crate::worker::balance::Past;
use crate::worker::connections::{Connections, Slot, Spared, Stage};
use crate::worker::lag::Ready;

/// For a connection's next request to come when the server stops: it may be on its way.
const FAREWELL: u32 = (1000 / TICK.as_millis()) as u32;
/// For a client to close its side after ours.
pub(super) const LINGER: u32 = (5000 / TICK.as_millis()) as u32;
/// However quickly it was before, a transfer that stands still has no longer than so many
/// times the grace. One that is slow moves in steps: that the system's buffers have room is
/// seen when they have much.
const STANDSTILL: u32 = 6;
/// Answers to pipelined requests are sent when they are so long.
const FLUSH_BYTES: usize = 64 * 1024;

/// What the connection is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Phase {
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
    pub(super) stream: TcpStream,
    pub(super) peer: IpAddr,
    pub(super) service: Rc<ProgramService>,
    pub(super) slot: Slot,
    pub(super) exchange: Exchange<Box<Task>>,
    /// Input of a request that is not complete.
    pub(super) input: Vec<u8>,
    /// Output that the socket did not take yet, from `sent` on.
    pub(super) output: Vec<u8>,
    sent: usize,
    pub(super) phase: Phase,
    /// The stop of the server was seen.
    leaving: bool,
    /// It has made a request.
    pub(super) proven: bool,
    /// What it asked for last took long.
    pub(super) long: bool,
    /// Bytes of a transfer that have not been counted as time.
    credit: u64,
    /// What its socket wakes, and the same as a waker.
    ready: Option<(Arc<Ready>, Waker)>,
    /// Since when what is read first in this turn has waited; 0 for what comes after it.
    since: u64,
}

impl Connection {
    pub(crate) fn new(
        stream: TcpStream,
        peer: IpAddr,
        past: Option<Past>,
        service: Rc<ProgramService>,
        all: &Rc<Connections>,
    ) -> Self {
        let slot = Connections::enter(all, Owner::of(peer));
        let proven = past.is_some_and(|past| past.proven);
        match past {
            None => slot.begin(Stage::New, all.grants().head),
            Some(past) => {
                let stage = match proven {
                    true => Stage::Idle,
                    false => Stage::New,
                };
                slot.begin(stage, None);
                slot.expire_at(all.clock().ticks().saturating_add(past.left));
            }
        }
        let since = all.lag().now();
        Connection {
            stream,
            peer,
            service,
            slot,
            exchange: Exchange::default(),
            input: Vec::new(),
            output: Vec::new(),
            sent: 0,
            phase: Phase::Open,
            leaving: false,
            proven,
            long: false,
            credit: 0,
            ready: None,
            since,
        }
    }

    /// Takes what has come, and answers every request that is complete. `start` is the time.
    fn receive(&mut self, new: &[u8], start: u64) {
        let mut kept = std::mem::take(&mut self.input);
        let input = if kept.is_empty() {
            new
        } else {
            kept.extend_from_slice(new);
            &kept
        };
        let (done, requests) = self.exchange(input, start);
        if done < input.len() && self.phase == Phase::Open {
            // The head of a request, mostly: bodies are kept by the exchange.
            self.input = input[done..].to_vec();
        }
        let grants = *self.slot.all().grants();
        if let Some(timeout) = self.exchange.timeout(&*self.service) {
            return self.slot.begin(Stage::Busy, ticks(timeout.into()));
        }
        match (self.exchange.is_between(), self.input.is_empty()) {
            // Before the first byte of its first request.
            (true, true) if !self.proven => {}
            (true, true) => self.slot.begin(Stage::Idle, grants.keep_alive),
            // Counted from the first byte of a head, not from the last.
            (true, false) if done == 0 && !kept.is_empty() && self.slot.stage() < Stage::Busy => {}
            (true, false) => {
                let stage = match self.proven {
                    true => Stage::Head,
                    false => Stage::New,
                };
                self.slot.begin(stage, grants.head);
            }
            (false, _) => {
                if self.slot.stage() != Stage::Busy || requests {
                    self.begin_transfer(Stage::Busy);
                }
                self.transferred(new.len());
            }
        }
    }

    /// Gives the number of bytes that are done with, and whether a request was.
    fn exchange(&mut self, input: &[u8], start: u64) -> (usize, bool) {
        let all = Rc::clone(self.slot.all());
        all.begin_turn(start);
        let late = all
            .lag()
            .is_late(waited(std::mem::take(&mut self.since), start));
        let conditions = Conditions {
            service: &*self.service,
            clock: all.clock(),
            peer: self.peer,
            stopping: all.is_stopping(),
            late: late.then(|| all.lag().refused()),
            room: self.slot.room(self.exchange.kept()),
        };
        let (mut done, mut requests) = (0, false);
        loop {
            match self
                .exchange
                .step(&conditions, &input[done..], &mut self.output)
            {
                Progress::More => break,
                Progress::Consumed(bytes) => {
                    done += bytes;
                    requests |= self.exchange.is_between();
                }
                Progress::Close { unread } => {
                    self.phase = Phase::Closing { linger: unread };
                    break;
                }
            }
            if self.output.len() >= FLUSH_BYTES {
                break;
            }
        }
        self.long = all.end_turn(self.slot.owner(), start);
        self.proven |= requests;
        (done, requests)
    }

    /// A body or a response begins.
    pub(super) fn begin_transfer(&mut self, stage: Stage) {
        self.credit = 0;
        let grants = self.slot.all().grants();
        let time = grants.rate.map(|_| grants.grace);
        self.slot.begin(stage, time);
    }

    /// So many bytes of it have moved, which gives it the time for them.
    fn transferred(&mut self, bytes: usize) {
        let all = self.slot.all();
        let grants = all.grants();
        let Some(rate) = grants.rate else {
            return;
        };
        let (earned, credit) = ticks_of(self.credit + bytes as u64, rate);
        self.credit = credit;
        let most = all.clock().ticks() + STANDSTILL * grants.grace.max(FAREWELL / 4);
        let expires = self.slot.expires().saturating_add(earned);
        self.slot.expire_at(expires.min(most));
    }

    /// The client's side is closed: whether what it left calls for an answer.
    fn end(&mut self) -> bool {
        self.exchange.end_of_input();
        self.output = self.slot.all().take_output();
        let now = self.slot.all().lag().now();
        self.receive(&[], now);
        !self.output.is_empty()
    }

    /// Sends what is to be sent. Ready with an error where the client is gone.
    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut moved = 0;
        while self.sent < self.output.len() {
            let rest = &self.output[self.sent..];
            match again(|| Pin::new(&mut self.stream).poll_write(context, rest)) {
                Poll::Ready(Ok(0)) => {
                    return Poll::Ready(Err(ErrorKind::WriteZero.into()));
                }
                Poll::Ready(Ok(bytes)) => {
                    self.sent += bytes;
                    moved += bytes;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    match self.slot.stage() {
                        Stage::Sending => self.transferred(moved),
                        // What the system takes at once is no merit of the client's.
                        _ => self.begin_transfer(Stage::Sending),
                    }
                    return Poll::Pending;
                }
            }
        }
        self.sent = 0;
        self.slot.all().give_back(std::mem::take(&mut self.output));
        Poll::Ready(Ok(()))
    }

    /// Reads once; nothing at the end of the stream.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let all = Rc::clone(self.slot.all());
        let mut shared = all.input();
        let mut buffer = ReadBuf::new(&mut shared);
        let read = again(|| Pin::new(&mut self.stream).poll_read(context, &mut buffer));
        match read {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                let new = buffer.filled();
                if !new.is_empty() && self.phase == Phase::Open {
                    let start = all.lag().now();
                    if all.lag().is_doubtful(waited(self.since, start)) && self.is_left(context) {
                        all.lag().refuse();
                        return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
                    }
                    self.output = all.take_output();
                    self.receive(new, start);
                }
                Poll::Ready(Ok(new.len()))
            }
        }
    }

    /// Whether the client has closed its side after what was read. TCP lets it do so and still
    /// read; of those who do it after a long wait, most have given up.
    fn is_left(&self, context: &mut Context<'_>) -> bool {
        let mut next = [0];
        match again(|| self.stream.poll_peek(context, &mut ReadBuf::new(&mut next))) {
            Poll::Ready(Ok(bytes)) => bytes == 0,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        }
    }

    /// Whether a stop of the server, or another connection's need, ends it: no request has
    /// begun.
    fn is_free(&self) -> bool {
        self.input.is_empty() && self.exchange.is_between() && self.output.is_empty()
    }

    /// Leaves for another worker where somebody else's handlers take long here.
    fn moves(&self) -> bool {
        let all = self.slot.all();
        if self.long || self.phase != Phase::Open || !self.is_free() || all.is_stopping() {
            return false;
        }
        let past = Past {
            proven: self.proven,
            left: self.slot.expires().saturating_sub(all.clock().ticks()),
        };
        all.share().move_away(&self.stream, self.peer, past)
    }

    /// Moves bytes until there is nothing to do; ready at the connection's end.
    fn drive(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if !self.output.is_empty() {
                match self.poll_flush(context) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
                if self.phase == Phase::Open {
                    // Requests that were left for later when the output was long.
                    if !self.input.is_empty() {
                        let all = self.slot.all();
                        let now = all.lag().now();
                        self.output = all.take_output();
                        self.receive(&[], now);
                        if !self.output.is_empty() {
                            continue;
                        }
                    } else if self.exchange.is_between() && self.slot.stage() == Stage::Sending {
                        let time = self.slot.all().grants().keep_alive;
                        self.slot.begin(Stage::Idle, time);
                    }
                }
            }
            if let Phase::Closing { linger } = self.phase {
                match again(|| Pin::new(&mut self.stream).poll_shutdown(context)) {
                    Poll::Ready(Ok(())) if linger => {}
                    Poll::Ready(_) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
                self.phase = Phase::Lingering;
                self.slot.begin(Stage::Busy, Some(LINGER));
            }
            if !self.leaving && self.slot.all().is_stopping() {
                self.leaving = true;
                if self.phase == Phase::Open && self.is_free() {
                    self.slot.expire_in(Some(FAREWELL));
                }
            }
            if self.exchange.is_waiting() {
                if self.poll_answer(context).is_ready() {
                    continue;
                }
                if self.poll_ahead(context).is_ready() {
                    self.exchange.cancel(&*self.service);
                    return Poll::Ready(());
                }
                return Poll::Pending;
            }
            match self.poll_receive(context) {
                Poll::Ready(Ok(0)) if self.phase == Phase::Open && self.end() => {}
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(()),
                Poll::Ready(Ok(_)) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Does what there is to do, and looks at the time that the connection has.
    fn turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut outcome = self.drive(context);
        // What has come in time is looked at before the clock.
        if outcome.is_pending() && self.slot.is_evicted() {
            outcome = Poll::Ready(());
        }
        if outcome.is_pending() && self.slot.is_expired() {
            outcome = match self.expired() {
                true => self.drive(context),
                false => Poll::Ready(()),
            };
        }
        if outcome.is_pending() && self.moves() {
            return Poll::Ready(());
        }
        self.since = 0;
        let bytes = self.input.len() + self.exchange.kept() + self.output.len();
        if self.slot.keep(bytes) && outcome.is_pending() && !self.output.is_empty() {
            // Whose response is read slowest makes room for those of others.
            self.slot.all().evict(Spared::Sending);
        }
        outcome
    }
}

impl Future for Connection {
    /// What a client does to its connection is its own affair: there is no error.
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.slot.register(context.waker());
        let ready = this.ready.take().unwrap_or_else(|| {
            let ready = Ready::new(context.waker(), this.slot.all().lag().moment());
            (Arc::clone(&ready), ready.into())
        });
        let since = ready.0.take();
        if this.since == 0 {
            this.since = since;
        }
        let lag = this.slot.all().lag();
        let outcome = if lag.is_spent() && !lag.is_late(waited(this.since, lag.now())) {
            context.waker().wake_by_ref();
            Poll::Pending
        } else {
            this.turn(&mut Context::from_waker(&ready.1))
        };
        this.ready = Some(ready);
        outcome
    }
}

/// Makes a system call until no signal interrupts it (signal(7)).
pub(super) fn again<T>(mut call: impl FnMut() -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    loop {
        match call() {
            Poll::Ready(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// Milliseconds since then; none where it is not known since when.
fn waited(since: u64, now: u64) -> u64 {
    match since {
        0 => 0,
        since => now.saturating_sub(since),
    }
}
