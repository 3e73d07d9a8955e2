//! What another server answered.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::time::{Instant, Sleep};

use crate::wait::error::WaitError;

use super::connection::Lease;
use super::decode::{Decoder, Malformed};
use super::error;
use super::head::AnswerHeaders;
use super::pool::Pool;
use super::url::Url;

/// An answer. Its headers are in the order in which they came, their names in lower case.
#[derive(Debug)]
pub(crate) struct FetchResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: AnswerHeaders,
    /// Where it came from, after all redirects.
    pub(crate) url: Url,
    pub(crate) body: FetchBody,
}

/// The body, without the encoding that it travelled in.
#[derive(Debug)]
pub(crate) enum FetchBody {
    Collected(Bytes),
    Stream(Box<BodyStream>),
}

/// A body that is read while it comes. Dropped before its end, it closes its connection.
pub(crate) struct BodyStream {
    incoming: Option<Reading>,
    decoder: Option<Decoder>,
    /// What was read and not decoded yet.
    input: Bytes,
    url: Url,
    left: u64,
    limit: u64,
    /// How long a chunk is waited for.
    patience: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What a body comes by until it has ended.
struct Reading {
    lease: Lease,
    pool: Rc<Pool>,
}

impl Reading {
    /// Gives the connection back where everything was read.
    fn end(self, url: &Url) {
        if let Lease::Http1(connection) = self.lease {
            self.pool.give_back(url.origin(), connection);
        }
    }
}

impl std::fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BodyStream").finish_non_exhaustive()
    }
}

/// How a body is taken.
pub(super) struct Taking {
    pub(super) limit: u64,
    pub(super) patience: Duration,
    pub(super) decodes: bool,
}

impl BodyStream {
    pub(super) fn new(
        headers: &mut AnswerHeaders,
        lease: Lease,
        pool: &Rc<Pool>,
        url: &Url,
        taking: Taking,
    ) -> Self {
        let is_empty = lease.is_over();
        let reading = Reading {
            lease,
            pool: Rc::clone(pool),
        };
        let incoming = if is_empty {
            reading.end(url);
            None
        } else {
            Some(reading)
        };
        let decodes = taking.decodes && !is_empty;
        BodyStream {
            incoming,
            decoder: decodes.then(|| Decoder::take(headers)).flatten(),
            input: Bytes::new(),
            url: url.clone(),
            left: taking.limit,
            limit: taking.limit,
            patience: taking.patience,
            timer: None,
        }
    }

    /// Whether the body travels in an encoding that it does not have here.
    pub(super) fn is_decoded(&self) -> bool {
        self.decoder.is_some()
    }

    /// The next part of the body, or `None` at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, WaitError> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// The next part of the body, for those who poll. After an error it has ended.
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, WaitError>> {
        let chunk = self.poll_part(cx);
        match &chunk {
            Poll::Ready(Ok(_)) => self.timer = None,
            Poll::Ready(Err(_)) => self.give_up(),
            Poll::Pending => {
                let deadline = Instant::now() + self.patience;
                let timer = self
                    .timer
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
                if timer.as_mut().poll(cx).is_ready() {
                    self.give_up();
                    let (host, patience) = (self.url.host(), self.patience);
                    let message = format!("{host} sent nothing more for {patience:?}");
                    let error = WaitError::new("timeout", message);
                    return Poll::Ready(Err(error::retryable(error)));
                }
            }
        }
        chunk
    }

    /// All of the body at once. Who calls this limits the time.
    pub(super) async fn collect(&mut self, expected: Option<u64>) -> Result<Bytes, WaitError> {
        if expected.is_some_and(|length| length > self.limit) {
            return Err(self.too_large());
        }
        let mut parts = Vec::new();
        let mut first = Bytes::new();
        while let Some(part) = poll_fn(|cx| self.poll_part(cx)).await? {
            // Most answers come in one part, which is not copied.
            if first.is_empty() && parts.is_empty() {
                first = part;
                continue;
            }
            if parts.is_empty() {
                // What a server announces is believed up to a length that costs little.
                let announced = expected.unwrap_or(0).min(1 << 20) as usize;
                parts.reserve(announced.max(first.len() + part.len()));
                parts.extend_from_slice(&std::mem::take(&mut first));
            }
            parts.extend_from_slice(&part);
        }
        Ok(if parts.is_empty() {
            first
        } else {
            parts.into()
        })
    }

    fn give_up(&mut self) {
        self.incoming = None;
        self.decoder = None;
        self.input = Bytes::new();
        self.timer = None;
    }

    fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, WaitError>> {
        loop {
            if let Some(part) = self.decoded()? {
                return Poll::Ready(Ok(Some(part)));
            }
            let Some(reading) = &mut self.incoming else {
                return Poll::Ready(self.finish());
            };
            let data = ready!(reading.lease.poll_part(self.url.host(), cx))?;
            if reading.lease.is_over() {
                self.end();
            }
            let data = data.unwrap_or_default();
            if self.decoder.is_some() {
                self.input = data;
            } else if !data.is_empty() {
                return Poll::Ready(self.counted(data).map(Some));
            }
        }
    }

    fn end(&mut self) {
        if let Some(reading) = self.incoming.take() {
            reading.end(&self.url);
        }
    }

    /// What the input that is there gives, if it gives something.
    fn decoded(&mut self) -> Result<Option<Bytes>, WaitError> {
        let Some(decoder) = &mut self.decoder else {
            return Ok(None);
        };
        let mut step = || -> Result<(), Malformed> {
            while !self.input.is_empty() && decoder.output().is_empty() {
                decoder.step(&mut self.input)?;
                if self.input.is_empty() {
                    decoder.flush()?;
                }
            }
            Ok(())
        };
        if step().is_err() {
            return Err(self.malformed());
        }
        let output = std::mem::take(decoder.output());
        match output.is_empty() {
            true => Ok(None),
            false => self.counted(output.into()).map(Some),
        }
    }

    /// The body has ended; what the decoder holds back comes at last.
    fn finish(&mut self) -> Result<Option<Bytes>, WaitError> {
        let Some(mut decoder) = self.decoder.take() else {
            return Ok(None);
        };
        decoder.finish().map_err(|Malformed| self.malformed())?;
        let output = std::mem::take(decoder.output());
        match output.is_empty() {
            true => Ok(None),
            false => self.counted(output.into()).map(Some),
        }
    }

    fn counted(&mut self, part: Bytes) -> Result<Bytes, WaitError> {
        match self.left.checked_sub(part.len() as u64) {
            Some(left) => {
                self.left = left;
                Ok(part)
            }
            None => Err(self.too_large()),
        }
    }

    fn too_large(&self) -> WaitError {
        let (host, limit) = (self.url.host(), self.limit);
        let message = format!("{host} answers with more than {limit} bytes");
        WaitError::new("too_large", message)
    }

    fn malformed(&self) -> WaitError {
        let message = format!(
            "the answer of {} is not compressed as its header says, or it is cut off",
            self.url.host()
        );
        WaitError::new("decode", message)
    }
}
