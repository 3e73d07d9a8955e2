//! One connection's requests, one after the other.

use std::task::{Context, Poll};

use super::answer::{Answered, Body, Requested, Waiting, answer, handling, refuse};
use super::body::{BodyHandling, PartialBody};
use super::head::{HeaderSpace, parse};
use super::refusal::Refusal;
use super::service::{Conditions, Service};
use crate::message::reply::Reply;
use crate::message::request::RequestData;

/// One connection's place in its stream of requests.
pub(crate) enum Exchange<T> {
    /// Before or in a head, of which so much was looked through.
    Head { scanned: usize },
    /// In a body that the route reads; the head's bytes are kept.
    Body { head: Vec<u8>, body: PartialBody },
    /// In a body that nobody reads: so many bytes of it are to come.
    Skip(u64),
    /// Before an answer that is not there yet.
    Waiting(Box<Waiting<T>>),
}

/// What a step did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More input is needed.
    More,
    /// So many bytes of the input are done with.
    Consumed(usize),
    /// What was appended is the last thing on this connection. The client may still be
    /// sending what nobody reads.
    Close { unread: bool },
}

impl<T> Default for Exchange<T> {
    fn default() -> Self {
        Exchange::Head { scanned: 0 }
    }
}

impl<T> Exchange<T> {
    /// Between two requests, as far as this knows.
    pub(crate) fn is_between(&self) -> bool {
        matches!(self, Exchange::Head { .. })
    }

    /// Bytes that are kept here.
    pub(crate) fn kept(&self) -> usize {
        match self {
            Exchange::Body { head, body } => head.len() + body.len(),
            Exchange::Waiting(waiting) => waiting.request.size(),
            Exchange::Head { .. } | Exchange::Skip(_) => 0,
        }
    }

    /// The client has sent all it will: the next step looks at an unfinished line too.
    pub(crate) fn end_of_input(&mut self) {
        if let Exchange::Head { scanned } = self {
            *scanned = 0;
        }
    }

    /// Takes a part of the input, and appends what it calls for.
    pub(crate) fn step<S: Service<Task = T>>(
        &mut self,
        conditions: &Conditions<'_, S>,
        input: &[u8],
        out: &mut Vec<u8>,
    ) -> Progress {
        if input.is_empty() {
            return Progress::More;
        }
        match self {
            Exchange::Waiting(_) => Progress::More,
            Exchange::Head { scanned } => {
                let new = &input[*scanned..];
                // Once a line, so that a head in small pieces is not parsed for each.
                let too_much = input.len() > conditions.service.head_limits().head;
                if *scanned > 0 && memchr::memchr(b'\n', new).is_none() && !too_much {
                    *scanned = input.len();
                    return Progress::More;
                }
                self.head(conditions, input, out)
            }
            Exchange::Skip(left) => {
                let now = (*left).min(input.len() as u64);
                *left -= now;
                if *left == 0 {
                    *self = Exchange::default();
                }
                Progress::Consumed(now as usize)
            }
            Exchange::Body { head, body } => {
                let (taken, refusal) = match body.take(input, conditions.room) {
                    // A part of a line that cannot be read yet.
                    Ok((0, false)) => return Progress::More,
                    Ok((taken, false)) => return Progress::Consumed(taken),
                    Ok((taken, true)) => (taken, None),
                    Err(refusal) => (0, Some(refusal)),
                };
                let (head, body) = (std::mem::take(head), body.bytes());
                *self = Exchange::default();
                let mut space = HeaderSpace::new();
                let limits = conditions.service.head_limits();
                let Ok(Some(head)) = parse(&head, &mut space, limits) else {
                    // It was parsed before.
                    return Progress::Close { unread: true };
                };
                let body = match &refusal {
                    Some(refusal) => Body::Refused(refusal),
                    None => Body::Bytes(&body),
                };
                let requested = Requested::find(conditions.service, &head);
                let answered = answer(conditions, &head, requested, body, out);
                self.answered(answered, taken)
            }
        }
    }

    fn head<S: Service<Task = T>>(
        &mut self,
        conditions: &Conditions<'_, S>,
        input: &[u8],
        out: &mut Vec<u8>,
    ) -> Progress {
        let mut space = HeaderSpace::new();
        let limits = conditions.service.head_limits();
        let head = match parse(input, &mut space, limits) {
            Ok(Some(head)) => head,
            Ok(None) => {
                *self = Exchange::Head {
                    scanned: input.len(),
                };
                return Progress::More;
            }
            Err(refusal) => {
                let answered = refuse(conditions, out, &refusal);
                return self.answered(answered, 0);
            }
        };
        *self = Exchange::default();
        let rest = &input[head.length..];
        let requested = Requested::find(conditions.service, &head);
        let (body, consumed) = match handling(conditions, &head, &requested, rest.len()) {
            BodyHandling::Here(length) => (Body::Bytes(&rest[..length]), length),
            BodyHandling::Skip(here, to_come) => {
                if to_come > 0 {
                    *self = Exchange::Skip(to_come);
                }
                (Body::Bytes(&[]), here)
            }
            BodyHandling::Leave => (Body::Left, 0),
            BodyHandling::Refuse(refusal) => (Body::Refused(refusal), 0),
            BodyHandling::Collect(body) => {
                if head.expects_continue && rest.is_empty() {
                    out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                }
                let head = input[..head.length].to_vec();
                let length = head.len();
                *self = Exchange::Body { head, body };
                return Progress::Consumed(length);
            }
        };
        let consumed = head.length + consumed;
        let answered = answer(conditions, &head, requested, body, out);
        self.answered(answered, consumed)
    }

    /// What follows an answer to a request of so many bytes.
    fn answered(&mut self, answered: Answered<T>, consumed: usize) -> Progress {
        match answered {
            Answered::Open => Progress::Consumed(consumed),
            Answered::Close { unread } => Progress::Close { unread },
            Answered::Later(mut waiting) => {
                if let Exchange::Skip(to_come) = *self {
                    waiting.skip = to_come;
                }
                *self = Exchange::Waiting(waiting);
                Progress::Consumed(consumed)
            }
        }
    }

    /// Whether an answer is waited for.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self, Exchange::Waiting(_))
    }

    /// Milliseconds that the answer has that is waited for; 0 for any.
    pub(crate) fn timeout<S: Service<Task = T>>(&self, service: &S) -> Option<u32> {
        match self {
            Exchange::Waiting(waiting) => Some(service.timeout(&waiting.task)),
            _ => None,
        }
    }

    /// Asks for the answer that is waited for, and appends it when it is there.
    pub(crate) fn poll<S: Service<Task = T>>(
        &mut self,
        conditions: &Conditions<'_, S>,
        context: &mut Context<'_>,
        out: &mut Vec<u8>,
    ) -> Poll<Progress> {
        if !self.is_waiting() {
            return Poll::Ready(Progress::More);
        }
        let asked = self.ask(conditions, out, |task, data| {
            match conditions.service.poll(task, data, context) {
                Poll::Ready(reply) => Some(reply),
                Poll::Pending => None,
            }
        });
        asked.map_or(Poll::Pending, Poll::Ready)
    }

    /// The time of the answer that is waited for is over. Gives what follows, unless something else is waited for
    /// in its place.
    pub(crate) fn time_out<S: Service<Task = T>>(
        &mut self,
        conditions: &Conditions<'_, S>,
        out: &mut Vec<u8>,
    ) -> Option<Progress> {
        let service = conditions.service;
        self.ask(conditions, out, |task, data| service.time_out(task, data))
    }

    /// Appends the reply to the request that waits, if `reply` has one.
    fn ask<S: Service<Task = T>>(
        &mut self,
        conditions: &Conditions<'_, S>,
        out: &mut Vec<u8>,
        reply: impl FnOnce(&mut T, &RequestData<'_>) -> Option<Reply>,
    ) -> Option<Progress> {
        let Exchange::Waiting(waiting) = self else {
            return None;
        };
        let Waiting {
            task,
            request,
            asked,
            ..
        } = &mut **waiting;
        let answered = request.with(conditions.service.trusted_proxies(), |data| {
            Some(asked.reply(conditions, data, reply(task, data)?, out))
        });
        answered.map(|answered| self.after_waiting(answered))
    }

    fn after_waiting(&mut self, answered: Answered<T>) -> Progress {
        let skip = match self {
            Exchange::Waiting(waiting) => waiting.skip,
            _ => 0,
        };
        *self = match skip {
            0 => Exchange::default(),
            to_come => Exchange::Skip(to_come),
        };
        self.answered(answered, 0)
    }

    /// Nobody waits for the answer any more.
    pub(crate) fn cancel<S: Service<Task = T>>(&mut self, service: &S) {
        if let Exchange::Waiting(waiting) = std::mem::take(self) {
            let Waiting {
                task, mut request, ..
            } = *waiting;
            request.with(service.trusted_proxies(), |data| service.cancel(task, data));
        }
    }

    /// The answer to a client that is too slow.
    pub(crate) fn refuse_slow<S: Service<Task = T>>(
        &mut self,
        conditions: &Conditions<'_, S>,
        out: &mut Vec<u8>,
    ) -> Progress {
        let answered = refuse(conditions, out, &Refusal::TIMEOUT);
        self.answered(answered, 0)
    }
}
