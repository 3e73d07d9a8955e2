//! One connection's requests, one after the other.

use std::cell::Cell;
use std::net::IpAddr;
use std::task::{Context, Poll};
use std::time::Instant;

use rover_model::LogLevel;

use super::body::{BodyHandling, PartialBody};
use super::framing::Framing;
use super::head::{Head, HeaderSpace, parse};
use super::refusal::Refusal;
use super::service::{Answer, Service};
use super::writer::{self, Frame, Prepared};
use crate::message::forwarded::Peer;
use crate::message::headers::Headers;
use crate::message::kept::KeptRequest;
use crate::message::path::Path;
use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::time::clock::Clock;

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

/// What an exchange happens under.
pub(crate) struct Conditions<'a, S> {
    pub(crate) service: &'a S,
    pub(crate) clock: &'a Clock,
    /// The other side of the connection.
    pub(crate) peer: IpAddr,
    /// The server stops: connections close after their answer.
    pub(crate) stopping: bool,
    /// Requests have waited for too long: those that need a handler are turned away, and
    /// counted here.
    pub(crate) late: Option<&'a Cell<u64>>,
    /// Bytes of a body that may be kept.
    pub(crate) room: usize,
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
        let Exchange::Waiting(waiting) = self else {
            return Poll::Ready(Progress::More);
        };
        let Waiting {
            task,
            request,
            asked,
            ..
        } = &mut **waiting;
        let service = conditions.service;
        let answered = request.with(service.trusted_proxies(), |data| {
            let reply = match service.poll(task, data, context) {
                Poll::Ready(reply) => reply,
                Poll::Pending => return Poll::Pending,
            };
            Poll::Ready(asked.end(conditions, data, Sent::Reply(reply), out))
        });
        answered.map(|answered| self.after_waiting(answered))
    }

    /// The time of the answer that is waited for is over. Gives what follows, unless something else is waited for
    /// in its place.
    pub(crate) fn time_out<S: Service<Task = T>>(
        &mut self,
        conditions: &Conditions<'_, S>,
        out: &mut Vec<u8>,
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
        let service = conditions.service;
        let answered = request.with(service.trusted_proxies(), |data| {
            let reply = service.time_out(task, data)?;
            Some(asked.end(conditions, data, Sent::Reply(reply), out))
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

/// A request whose answer is not there yet.
pub(crate) struct Waiting<T> {
    task: T,
    request: KeptRequest,
    asked: Asked,
    /// Bytes of a body that nobody reads which are to come.
    skip: u64,
}

/// What a request asks for.
struct Requested<'p, F> {
    path: Path<'p>,
    /// Nothing where the path is malformed.
    found: Option<F>,
}

impl<'p, F> Requested<'p, F> {
    fn find<S: Service<Found = F>>(service: &S, head: &Head<'p>) -> Self {
        if head.path == "*" {
            return Requested {
                path: Path::ROOT,
                found: Some(service.whole_server()),
            };
        }
        match Path::parse(head.path) {
            Ok(mut path) => {
                let found = Some(service.find(head.method, &mut path));
                Requested { path, found }
            }
            Err(_) => Requested {
                path: Path::ROOT,
                found: None,
            },
        }
    }
}

/// A request's body as its answer sees it.
enum Body<'b> {
    /// None, where there are no bytes.
    Bytes(&'b [u8]),
    /// Nobody reads it, and the connection closes instead.
    Left,
    /// It is refused, and the connection closes.
    Refused(&'b Refusal),
}

/// Decides about a body, of which so many bytes are here.
fn handling<S: Service>(
    conditions: &Conditions<'_, S>,
    head: &Head<'_>,
    requested: &Requested<'_, S::Found>,
    here: usize,
) -> BodyHandling {
    let framing = head.framing;
    if framing == Framing::Length(0) {
        return BodyHandling::Here(0);
    }
    let found = requested.found.as_ref();
    match found.and_then(|found| conditions.service.body_limit(found)) {
        Some(limit) => BodyHandling::of_read(framing, limit, here, conditions.room),
        None => BodyHandling::of_unread(framing, head.expects_continue, here),
    }
}

/// How an answer was given.
enum Answered<T> {
    Open,
    /// The connection ends with it.
    Close {
        unread: bool,
    },
    /// It was not.
    Later(Box<Waiting<T>>),
}

/// Appends the answer to a request.
fn answer<S: Service>(
    conditions: &Conditions<'_, S>,
    head: &Head<'_>,
    requested: Requested<'_, S::Found>,
    body: Body<'_>,
    out: &mut Vec<u8>,
) -> Answered<S::Task> {
    let service = conditions.service;
    let start = service.log().enabled(LogLevel::Info).then(Instant::now);
    let id = service.ids().of(&head.headers);
    let Requested { path, found } = requested;
    let mut data = RequestData {
        method: head.method,
        path: &path,
        query: head.query,
        host: head.host,
        headers: head.headers,
        params: &[],
        body: match body {
            Body::Bytes(bytes) if !bytes.is_empty() => Some(bytes),
            _ => None,
        },
        peer: Peer {
            address: conditions.peer,
            trusted: service.trusted_proxies(),
        },
        request_id: &id,
    };
    let asked = Asked {
        start,
        unread: matches!(body, Body::Left | Body::Refused(_)),
        keep_alive: head.keep_alive,
        old: head.old,
    };
    let answer = match (found, &body) {
        (_, Body::Refused(refusal)) => service.refused(&data, refusal.reply()),
        (Some(found), _) if conditions.late.is_some() && service.runs_program(&found) => {
            return late(conditions, &data, &asked, out);
        }
        (Some(found), _) => service.answer(&mut data, found),
        (None, _) => service.refused(&data, Refusal::PATH.reply()),
    };
    asked.answer(conditions, &data, answer, out)
}

/// What is there to be sent.
enum Sent<'s> {
    Reply(Reply),
    Prepared(&'s Prepared),
}

impl Sent<'_> {
    /// Whether the connection ends with it.
    fn closes(&self) -> bool {
        match self {
            Sent::Reply(reply) => reply.close,
            Sent::Prepared(prepared) => prepared.closes(),
        }
    }
}

/// What of a request is needed to send its answer and to tell it, besides what handlers see.
struct Asked {
    /// Where the answer is told.
    start: Option<Instant>,
    /// The client may still be sending a body that nobody reads.
    unread: bool,
    keep_alive: bool,
    old: bool,
}

impl Asked {
    /// Ends the exchange, or keeps what is needed to end it later.
    fn answer<S: Service>(
        self,
        conditions: &Conditions<'_, S>,
        data: &RequestData<'_>,
        answer: Answer<'_, S::Task>,
        out: &mut Vec<u8>,
    ) -> Answered<S::Task> {
        match answer {
            Answer::Reply(reply) => self.end(conditions, data, Sent::Reply(reply), out),
            Answer::Prepared(prepared) => self.end(conditions, data, Sent::Prepared(prepared), out),
            Answer::Pending(task) => Answered::Later(Box::new(Waiting {
                task,
                request: KeptRequest::of(data),
                asked: self,
                skip: 0,
            })),
        }
    }

    /// Ends the exchange.
    fn end<S: Service>(
        &self,
        conditions: &Conditions<'_, S>,
        data: &RequestData<'_>,
        answer: Sent<'_>,
        out: &mut Vec<u8>,
    ) -> Answered<S::Task> {
        let Conditions { service, clock, .. } = conditions;
        let frame = self.frame(conditions, data.method, self.unread || answer.closes());
        let id = data.request_id.as_str();
        let (status, bytes) = match answer {
            Sent::Reply(reply) => {
                let (status, body) = writer::reply(out, reply, clock, id, frame);
                let length = body.len();
                service.give_back(body);
                (status, length)
            }
            Sent::Prepared(response) => writer::prepared(out, response, clock, id, frame),
        };
        if let Some(start) = self.start {
            let (method, path) = (data.method, data.path.raw());
            let micros = start.elapsed().as_micros();
            let line = format!("{method} {path} {} {micros}us {bytes}B", status.as_u16());
            service.log().line(LogLevel::Info, &line, Some(id));
        }
        match frame.close {
            true => Answered::Close {
                unread: self.unread,
            },
            false => Answered::Open,
        }
    }

    fn frame<S>(&self, conditions: &Conditions<'_, S>, method: &str, last: bool) -> Frame {
        Frame {
            head: method == "HEAD",
            close: last || conditions.stopping || !self.keep_alive,
            old: self.old,
        }
    }
}

/// Turns a request away without asking the program, which has no time, nor the log.
fn late<S: Service>(
    conditions: &Conditions<'_, S>,
    data: &RequestData<'_>,
    asked: &Asked,
    out: &mut Vec<u8>,
) -> Answered<S::Task> {
    if let Some(count) = conditions.late {
        count.set(count.get() + 1);
    }
    let frame = asked.frame(conditions, data.method, false);
    let (reply, id) = (Refusal::NO_ROOM.reply(), data.request_id.as_str());
    writer::reply(out, reply, conditions.clock, id, frame);
    match frame.close {
        true => Answered::Close { unread: false },
        false => Answered::Open,
    }
}

/// Answers what cannot be a request, and ends the connection.
fn refuse<S: Service>(
    conditions: &Conditions<'_, S>,
    out: &mut Vec<u8>,
    refusal: &Refusal,
) -> Answered<S::Task> {
    let Conditions { service, clock, .. } = conditions;
    let id = service.ids().of(&Headers::new(&[]));
    let path = Path::ROOT;
    let data = RequestData::bare("", &path, conditions.peer, &id);
    let reply = match service.refused(&data, refusal.reply()) {
        Answer::Reply(reply) => reply,
        answer => {
            let asked = Asked {
                start: service.log().enabled(LogLevel::Info).then(Instant::now),
                unread: true,
                keep_alive: false,
                old: false,
            };
            return asked.answer(conditions, &data, answer, out);
        }
    };
    let frame = Frame {
        head: false,
        close: true,
        old: false,
    };
    let (status, _) = writer::reply(out, reply, clock, id.as_str(), frame);
    let line = format!("refused: {} {}", status.as_u16(), refusal.message);
    service.log().line(LogLevel::Info, &line, Some(id.as_str()));
    Answered::Close { unread: true }
}
