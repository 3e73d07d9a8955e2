//! One connection's requests, one after the other.

use std::cell::Cell;
use std::net::IpAddr;
use std::time::Instant;

use rover_model::LogLevel;

use super::body::{BodyHandling, PartialBody};
use super::framing::Framing;
use super::head::{Head, HeaderSpace, parse};
use super::refusal::Refusal;
use super::service::{Answer, Service};
use super::writer::{self, Frame};
use crate::message::forwarded::Peer;
use crate::message::headers::Headers;
use crate::message::path::Path;
use crate::message::request::{RequestData, RequestId};
use crate::time::clock::Clock;

/// One connection's place in its stream of requests.
#[derive(Debug)]
pub(crate) enum Exchange {
    /// Before or in a head, of which so much was looked through.
    Head { scanned: usize },
    /// In a body that the route reads; the head's bytes are kept.
    Body { head: Vec<u8>, body: PartialBody },
    /// In a body that nobody reads: so many bytes of it are to come.
    Skip(u64),
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

impl Default for Exchange {
    fn default() -> Self {
        Exchange::Head { scanned: 0 }
    }
}

impl Exchange {
    /// Between two requests, as far as this knows.
    pub(crate) fn is_between(&self) -> bool {
        matches!(self, Exchange::Head { .. })
    }

    /// Bytes that are kept here.
    pub(crate) fn kept(&self) -> usize {
        match self {
            Exchange::Body { head, body } => head.len() + body.len(),
            _ => 0,
        }
    }

    /// The client has sent all it will: the next step looks at an unfinished line too.
    pub(crate) fn end_of_input(&mut self) {
        if let Exchange::Head { scanned } = self {
            *scanned = 0;
        }
    }

    /// Takes a part of the input, and appends what it calls for.
    pub(crate) fn step<S: Service>(
        &mut self,
        conditions: &Conditions<'_, S>,
        input: &[u8],
        out: &mut Vec<u8>,
    ) -> Progress {
        if input.is_empty() {
            return Progress::More;
        }
        match self {
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
                answer(conditions, &head, requested, body, out).unwrap_or(Progress::Consumed(taken))
            }
        }
    }

    fn head<S: Service>(
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
            Err(refusal) => return refuse(conditions, out, &refusal),
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
        answer(conditions, &head, requested, body, out).unwrap_or(Progress::Consumed(consumed))
    }
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

/// Appends the answer to a request; [`Progress::Close`] where it is the last one.
fn answer<S: Service>(
    conditions: &Conditions<'_, S>,
    head: &Head<'_>,
    requested: Requested<'_, S::Found>,
    body: Body<'_>,
    out: &mut Vec<u8>,
) -> Option<Progress> {
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
    let answer = match (found, &body) {
        (_, Body::Refused(refusal)) => Answer::Reply(service.refused(&data, refusal.reply())),
        (Some(found), _) if conditions.late.is_some() && service.runs_program(&found) => {
            return late(conditions, head, &id, out);
        }
        (Some(found), _) => service.answer(&mut data, found),
        (None, _) => Answer::Reply(service.refused(&data, Refusal::PATH.reply())),
    };
    let asked = Asked {
        head,
        id: id.as_str(),
        start,
        unread: matches!(body, Body::Left | Body::Refused(_)),
    };
    asked.end(conditions, answer, out)
}

/// What of a request is needed to send its answer and to tell it.
struct Asked<'h> {
    head: &'h Head<'h>,
    id: &'h str,
    /// Where the answer is told.
    start: Option<Instant>,
    /// The client may still be sending a body that nobody reads.
    unread: bool,
}

impl Asked<'_> {
    /// Ends the exchange.
    fn end<S: Service>(
        &self,
        conditions: &Conditions<'_, S>,
        answer: Answer<'_>,
        out: &mut Vec<u8>,
    ) -> Option<Progress> {
        let Conditions { service, clock, .. } = conditions;
        let frame = frame(conditions, self.head, self.unread || answer.closes());
        let (status, bytes) = match answer {
            Answer::Reply(reply) => {
                let (status, body) = writer::reply(out, reply, clock, self.id, frame);
                let length = body.len();
                service.give_back(body);
                (status, length)
            }
            Answer::Prepared(response) => writer::prepared(out, response, clock, self.id, frame),
        };
        if let Some(start) = self.start {
            let (method, path) = (self.head.method, self.head.path);
            let micros = start.elapsed().as_micros();
            let line = format!("{method} {path} {} {micros}us {bytes}B", status.as_u16());
            service.log().line(LogLevel::Info, &line, Some(self.id));
        }
        let unread = self.unread;
        frame.close.then_some(Progress::Close { unread })
    }
}

fn frame<S>(conditions: &Conditions<'_, S>, head: &Head<'_>, last: bool) -> Frame {
    Frame {
        head: head.method == "HEAD",
        close: last || conditions.stopping || !head.keep_alive,
        old: head.old,
    }
}

/// Turns a request away without asking the program, which has no time, nor the log.
fn late<S>(
    conditions: &Conditions<'_, S>,
    head: &Head<'_>,
    id: &RequestId<'_>,
    out: &mut Vec<u8>,
) -> Option<Progress> {
    if let Some(count) = conditions.late {
        count.set(count.get() + 1);
    }
    let frame = frame(conditions, head, false);
    let reply = Refusal::NO_ROOM.reply();
    writer::reply(out, reply, conditions.clock, id.as_str(), frame);
    frame.close.then_some(Progress::Close { unread: false })
}

/// Answers what cannot be a request, and ends the connection.
fn refuse<S: Service>(
    conditions: &Conditions<'_, S>,
    out: &mut Vec<u8>,
    refusal: &Refusal,
) -> Progress {
    let Conditions { service, clock, .. } = conditions;
    let id = service.ids().of(&Headers::new(&[]));
    let path = Path::ROOT;
    let data = RequestData::bare("", &path, conditions.peer, &id);
    let reply = service.refused(&data, refusal.reply());
    let frame = Frame {
        head: false,
        close: true,
        old: false,
    };
    let (status, _) = writer::reply(out, reply, clock, id.as_str(), frame);
    let line = format!("refused: {} {}", status.as_u16(), refusal.message);
    service.log().line(LogLevel::Info, &line, Some(id.as_str()));
    Progress::Close { unread: true }
}

/// The answer to a client that is too slow.
pub(crate) fn timeout<S: Service>(conditions: &Conditions<'_, S>, out: &mut Vec<u8>) {
    refuse(conditions, out, &Refusal::TIMEOUT);
}
