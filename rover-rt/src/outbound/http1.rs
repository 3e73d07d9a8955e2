//! One connection of HTTP/1.1, and the exchange on it.
//!
//! It has no task of its own: who waits for an answer drives it, so that a call needs no hand-over
//! between tasks, and what is parsed is taken where it lies.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use http::Method;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;

use crate::chunked::{ChunkedDecoder, Decoded};

use super::head::{AnswerHead, Delimiter, LONGEST_HEAD, Wrong, parse};
use super::stream::Stream;

/// How much is read at once of a head, with what follows it.
const HEAD_READ: usize = 8 << 10;
/// How much is read at once of a body.
const BODY_READ: usize = 32 << 10;
/// A buffer for heads of requests that is kept with the connection is no larger.
const KEPT_OUTPUT: usize = 1 << 10;

/// A connection that serves one exchange at a time.
pub(super) struct Http1 {
    stream: Stream,
    /// What was read, and belongs to what comes next of the answer.
    input: BytesMut,
    /// The head of the request, and its body; so much of both together was sent.
    output: Vec<u8>,
    body: Bytes,
    sent: usize,
    answer: Progress,
    /// Whether the connection goes on after the exchange.
    stays: bool,
    /// Whether there was an exchange on it before.
    pub(super) used: bool,
    /// Its place among the connections of a client, while it is in use.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

/// Where an answer stands.
enum Progress {
    /// Its head is to come.
    Head,
    /// So many bytes of its body are to come.
    Length(u64),
    Chunked(Box<ChunkedDecoder>),
    /// All until the connection ends.
    Close,
    /// Everything was read.
    Over,
}

/// Why an exchange ended before its end.
#[derive(Debug)]
pub(super) enum Broken {
    /// The server closed the connection.
    Closed,
    Io(io::Error),
    Head(Wrong),
    /// What stands around the chunks of a body is wrong.
    Chunks,
}

impl Http1 {
    pub(super) fn new(stream: Stream) -> Self {
        Http1 {
            stream,
            input: BytesMut::new(),
            output: Vec::new(),
            body: Bytes::new(),
            sent: 0,
            answer: Progress::Over,
            stays: true,
            used: false,
            permit: None,
        }
    }

    /// Whether another request may be sent on it. Sees what the server did meanwhile: that it has closed
    /// the connection, or says what nobody has asked for.
    pub(super) fn is_usable(&mut self) -> bool {
        let mut quiet = Context::from_waker(Waker::noop());
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        let read = Pin::new(&mut self.stream).poll_read(&mut quiet, &mut buffer);
        self.is_between() && read.is_pending()
    }

    /// Whether the exchange is over, and left nothing behind that could be taken for a part of the next one.
    pub(super) fn is_between(&self) -> bool {
        self.stays && self.is_over() && self.input.is_empty() && self.output.is_empty()
    }

    /// Whether the answer was read to its end.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.answer, Progress::Over)
    }

    /// Begins an exchange: `write` appends the head of the request.
    pub(super) fn begin(&mut self, body: Bytes, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.output);
        self.body = body;
        self.sent = 0;
        self.answer = Progress::Head;
    }

    /// Whether the system has taken something of the request.
    pub(super) fn has_sent(&self) -> bool {
        self.sent > 0 || self.output.is_empty()
    }

    /// Sends the request and waits for the head of its answer, which may come before all was sent.
    pub(super) fn poll_head(
        &mut self,
        method: &Method,
        cx: &mut Context<'_>,
    ) -> Poll<Result<AnswerHead, Broken>> {
        // What the server has said before it closed the connection counts more.
        let mut lost = match self.poll_send(cx) {
            Poll::Ready(Err(error)) => Some(error),
            _ => None,
        };
        let mut looks = !self.input.is_empty();
        loop {
            if looks && let Some(head) = self.head(method).map_err(Broken::Head)? {
                return Poll::Ready(Ok(head));
            }
            let before = self.input.len();
            match (self.poll_fill::<HEAD_READ>(cx), lost.take()) {
                (Poll::Ready(Ok(())), error) => lost = error,
                (_, Some(error)) => return Poll::Ready(Err(Broken::Io(error))),
                (Poll::Ready(Err(error)), None) => return Poll::Ready(Err(error)),
                (Poll::Pending, None) => return Poll::Pending,
            }
            // Once a line, so that a head in small pieces is not parsed for each.
            let has_line = memchr::memchr(b'\n', &self.input[before..]).is_some();
            looks = before == 0 || has_line || self.input.len() > LONGEST_HEAD;
        }
    }

    /// The head in the input, if it is all there. Hints before it are passed over.
    fn head(&mut self, method: &Method) -> Result<Option<AnswerHead>, Wrong> {
        while let Some(parsed) = parse(&self.input, method)? {
            self.input.advance(parsed.length);
            let status = parsed.head.status.as_u16();
            if matches!(status, 100..=199) && status != 101 {
                continue;
            }
            self.stays = parsed.stays;
            self.answer = match parsed.body {
                Delimiter::Length(0) => Progress::Over,
                Delimiter::Length(length) => Progress::Length(length),
                Delimiter::Chunked => Progress::Chunked(Box::new(ChunkedDecoder::of_answer())),
                Delimiter::Close => Progress::Close,
            };
            return Ok(Some(parsed.head));
        }
        Ok(None)
    }

    /// The next part of the body; nothing at its end.
    pub(super) fn poll_part(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, Broken>> {
        // What is left of the request is still sent. That it cannot be is seen by what is read.
        let _ = self.poll_send(cx);
        loop {
            if let Some(part) = self.part()? {
                return Poll::Ready(Ok(Some(part)));
            }
            if self.is_over() {
                return Poll::Ready(Ok(None));
            }
            match ready!(self.poll_fill::<BODY_READ>(cx)) {
                Ok(()) => {}
                Err(Broken::Closed) if matches!(self.answer, Progress::Close) => {
                    self.answer = Progress::Over;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// What of the body is in the input.
    fn part(&mut self) -> Result<Option<Bytes>, Broken> {
        if self.input.is_empty() {
            return Ok(None);
        }
        match &mut self.answer {
            Progress::Head | Progress::Over => Ok(None),
            Progress::Close => Ok(Some(std::mem::take(&mut self.input).freeze())),
            Progress::Length(left) => {
                let now = self
                    .input
                    .len()
                    .min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= now as u64;
                if *left == 0 {
                    self.answer = Progress::Over;
                }
                let part = match now == self.input.len() {
                    true => std::mem::take(&mut self.input),
                    false => self.input.split_to(now),
                };
                Ok(Some(part.freeze()))
            }
            Progress::Chunked(decoder) => {
                let (taken, is_over) = match decoder.decode(&self.input) {
                    Decoded::Partial(taken) => (taken, false),
                    Decoded::Complete(taken) => (taken, true),
                    _ => return Err(Broken::Chunks),
                };
                self.input.advance(taken);
                let part = std::mem::take(&mut decoder.body);
                if is_over {
                    self.answer = Progress::Over;
                }
                Ok((!part.is_empty()).then(|| part.into()))
            }
        }
    }

    /// Reads once into the input. While nothing comes, that takes no memory. Not inlined: the room would be
    /// in the frames of all that waits, and what is called from there would work on cold parts of the stack.
    #[inline(never)]
    fn poll_fill<const ROOM: usize>(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        let mut room = [const { std::mem::MaybeUninit::uninit() }; ROOM];
        let mut buffer = ReadBuf::uninit(&mut room);
        loop {
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => return Poll::Ready(Err(Broken::Closed)),
                Ok(()) => {
                    self.input.extend_from_slice(buffer.filled());
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(Broken::Io(error))),
            }
        }
    }

    /// Sends what is left of the request.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.output.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let (head, body) = (self.output.len(), self.body.len());
        while self.sent < head + body {
            let stream = Pin::new(&mut self.stream);
            let wrote = match self.sent < head {
                true if body == 0 => stream.poll_write(cx, &self.output[self.sent..]),
                true => {
                    let slices = [&self.output[self.sent..], &self.body[..]].map(IoSlice::new);
                    stream.poll_write_vectored(cx, &slices)
                }
                false => stream.poll_write(cx, &self.body[self.sent - head..]),
            };
            match ready!(wrote) {
                Ok(0) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Ok(bytes) => self.sent += bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.output.clear();
        if self.output.capacity() > KEPT_OUTPUT {
            self.output = Vec::new();
        }
        self.body = Bytes::new();
        Poll::Ready(Ok(()))
    }
}
