//! A connection whose answer is not there yet: its handler goes on, its client may go away, its time may be over.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

use crate::http1::{Conditions, Progress};
use crate::service::dispatch::ProgramService;
use crate::time::clock::ticks;
use crate::worker::connection::{Connection, LINGER, Phase, again};
use crate::worker::connections::{Connections, Stage};

/// While an answer is waited for, so much is read of what the client sends meanwhile: that it goes away is seen by
/// reading.
const READ_AHEAD: usize = 64 * 1024;

impl Connection {
    /// What an exchange goes on under, beside new requests.
    fn conditions<'c>(
        &'c self,
        all: &'c Connections,
        stopping: bool,
    ) -> Conditions<'c, ProgramService> {
        Conditions {
            service: &self.service,
            clock: all.clock(),
            peer: self.peer,
            stopping,
            late: None,
            room: 0,
        }
    }

    /// The time is over: 503 for a request whose handler waits, 408 for one that has begun, silence otherwise.
    pub(super) fn expired(&mut self) -> bool {
        let all = Rc::clone(self.slot.all());
        let mut exchange = std::mem::take(&mut self.exchange);
        if exchange.is_waiting() {
            let mut output = std::mem::take(&mut self.output);
            let conditions = self.conditions(&all, all.is_stopping());
            let progress = exchange.time_out(&conditions, &mut output);
            (self.exchange, self.output) = (exchange, output);
            match progress {
                Some(progress) => self.answered(&progress),
                None => self.begin_to_wait(),
            }
            return true;
        }
        let begun = !self.input.is_empty() || !exchange.is_between();
        if self.phase != Phase::Open || !self.output.is_empty() || !begun {
            self.exchange = exchange;
            return false;
        }
        let conditions = self.conditions(&all, true);
        let mut output = Vec::new();
        let progress = exchange.refuse_slow(&conditions, &mut output);
        (self.exchange, self.output) = (exchange, output);
        match self.exchange.is_waiting() {
            true => self.begin_to_wait(),
            false => self.answered(&progress),
        }
        true
    }

    /// A handler has so much time from here on.
    fn begin_to_wait(&mut self) {
        let timeout = self.exchange.timeout(&*self.service).unwrap_or(0);
        self.slot.begin(Stage::Busy, ticks(timeout.into()));
    }

    /// An answer that was waited for is there, and what follows it.
    fn answered(&mut self, progress: &Progress) {
        if let Progress::Close { unread } = *progress {
            self.phase = Phase::Closing { linger: unread };
            self.slot.begin(Stage::Busy, Some(LINGER));
            return;
        }
        self.proven = true;
        match (self.exchange.is_between(), self.input.is_empty()) {
            (true, true) => self
                .slot
                .begin(Stage::Idle, self.slot.all().grants().keep_alive),
            (true, false) => self.slot.begin(Stage::Head, self.slot.all().grants().head),
            (false, _) => self.begin_transfer(Stage::Busy),
        }
    }

    /// Asks for the answer that is waited for.
    pub(super) fn poll_answer(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let all = Rc::clone(self.slot.all());
        let start = all.lag().now();
        all.begin_turn(start);
        let mut exchange = std::mem::take(&mut self.exchange);
        let mut output = all.take_output();
        let conditions = self.conditions(&all, all.is_stopping());
        let polled = exchange.poll(&conditions, context, &mut output);
        self.exchange = exchange;
        self.long = all.end_turn(self.slot.owner(), start);
        match polled {
            Poll::Ready(progress) => {
                self.output = output;
                self.answered(&progress);
                Poll::Ready(())
            }
            Poll::Pending => {
                all.give_back(output);
                Poll::Pending
            }
        }
    }

    /// Reads what a client sends while it waits for an answer. Ready where it goes away.
    pub(super) fn poll_ahead(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.input.len() < READ_AHEAD {
            let all = Rc::clone(self.slot.all());
            let mut shared = all.input();
            let mut buffer = ReadBuf::new(&mut shared);
            match again(|| Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.input.extend_from_slice(buffer.filled());
                }
                Poll::Ready(_) => return Poll::Ready(()),
            }
        }
        Poll::Pending
    }
}
