//! From a request that is read to its answer's bytes, or to what is kept until the answer is there.

use std::time::Instant;

use http::StatusCode;
use rover_model::LogLevel;

use super::body::BodyHandling;
use super::framing::Framing;
use super::head::Head;
use super::refusal::Refusal;
use super::service::{Answer, Conditions, Service};
use super::writer::{self, Frame};
use crate::message::forwarded::Peer;
use crate::message::headers::Headers;
use crate::message::kept::KeptRequest;
use crate::message::path::Path;
use crate::message::reply::Reply;
use crate::message::request::RequestData;

/// What a request asks for.
pub(super) struct Requested<'p, F> {
    path: Path<'p>,
    /// Nothing where the path is malformed.
    found: Option<F>,
}

impl<'p, F> Requested<'p, F> {
    pub(super) fn find<S: Service<Found = F>>(service: &S, head: &Head<'p>) -> Self {
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
pub(super) enum Body<'b> {
    /// None, where there are no bytes.
    Bytes(&'b [u8]),
    /// Nobody reads it, and the connection closes instead.
    Left,
    /// It is refused, and the connection closes.
    Refused(&'b Refusal),
}

/// Decides about a body, of which so many bytes are here.
pub(super) fn handling<S: Service>(
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
pub(super) enum Answered<T> {
    Open,
    /// The connection ends with it.
    Close {
        unread: bool,
    },
    /// It was not.
    Later(Box<Waiting<T>>),
}

/// Appends the answer to a request.
pub(super) fn answer<S: Service>(
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
        route: None,
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

/// What of a request is needed to send its answer and to tell it, besides what handlers see.
pub(super) struct Asked {
    /// Where the answer is told.
    start: Option<Instant>,
    /// The client may still be sending a body that nobody reads.
    unread: bool,
    keep_alive: bool,
    old: bool,
}

impl Asked {
    /// Ends the exchange, or keeps what is needed to end it later.
    #[inline(always)]
    fn answer<S: Service>(
        self,
        conditions: &Conditions<'_, S>,
        data: &RequestData<'_>,
        answer: Answer<'_, S::Task>,
        out: &mut Vec<u8>,
    ) -> Answered<S::Task> {
        match answer {
            Answer::Reply(reply) => self.reply(conditions, data, reply, out),
            Answer::Prepared(prepared) => {
                let frame = self.frame(conditions, data.method, prepared.closes());
                let id = data.request_id.as_str();
                let add = |out: &mut Vec<u8>| conditions.service.add_to_prepared(data, out);
                let sent = writer::prepared(out, prepared, conditions.clock, id, frame, add);
                self.end(conditions, data, sent, frame)
            }
            Answer::Pending(task) => self.later(data, task),
        }
    }

    #[cold]
    fn later<T>(self, data: &RequestData<'_>, task: T) -> Answered<T> {
        Answered::Later(Box::new(Waiting {
            task,
            request: KeptRequest::of(data),
            asked: self,
            skip: 0,
        }))
    }

    /// Appends a reply.
    #[inline]
    pub(super) fn reply<S: Service>(
        &self,
        conditions: &Conditions<'_, S>,
        data: &RequestData<'_>,
        reply: Reply,
        out: &mut Vec<u8>,
    ) -> Answered<S::Task> {
        let frame = self.frame(conditions, data.method, reply.close);
        let (status, body) = send(conditions, data, reply, out, frame);
        let length = body.len();
        conditions.service.give_back(body);
        self.end(conditions, data, (status, length), frame)
    }

    /// Tells of an answer with so many bytes, and whether the connection ends with it.
    #[inline(always)]
    fn end<S: Service>(
        &self,
        conditions: &Conditions<'_, S>,
        data: &RequestData<'_>,
        (status, bytes): (StatusCode, usize),
        frame: Frame,
    ) -> Answered<S::Task> {
        if let Some(start) = self.start {
            let (method, path) = (data.method, data.path.raw());
            let micros = start.elapsed().as_micros();
            let line = format!("{method} {path} {} {micros}us {bytes}B", status.as_u16());
            let id = data.request_id.as_str();
            conditions
                .service
                .log()
                .line(LogLevel::Info, &line, Some(id));
        }
        match frame.close {
            true => Answered::Close {
                unread: self.unread,
            },
            false => Answered::Open,
        }
    }

    #[inline(always)]
    fn frame<S>(&self, conditions: &Conditions<'_, S>, method: &str, last: bool) -> Frame {
        Frame {
            head: method == "HEAD",
            close: last || self.unread || conditions.stopping || !self.keep_alive,
            old: self.old,
        }
    }
}

/// Appends a reply with all that belongs to it; gives its status and its body.
#[inline(always)]
fn send<S: Service>(
    conditions: &Conditions<'_, S>,
    data: &RequestData<'_>,
    reply: Reply,
    out: &mut Vec<u8>,
    frame: Frame,
) -> (StatusCode, Vec<u8>) {
    let Conditions { service, clock, .. } = conditions;
    let id = data.request_id.as_str();
    let add = |reply: &mut Reply, out: &mut Vec<u8>| service.add_headers(data, reply, out);
    writer::reply(out, reply, clock, id, frame, add)
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
    send(conditions, data, Refusal::NO_ROOM.reply(), out, frame);
    match frame.close {
        true => Answered::Close { unread: false },
        false => Answered::Open,
    }
}

/// Answers what cannot be a request, and ends the connection.
pub(super) fn refuse<S: Service>(
    conditions: &Conditions<'_, S>,
    out: &mut Vec<u8>,
    refusal: &Refusal,
) -> Answered<S::Task> {
    let service = conditions.service;
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
    let (status, _) = send(conditions, &data, reply, out, frame);
    let line = format!("refused: {} {}", status.as_u16(), refusal.message);
    service.log().line(LogLevel::Info, &line, Some(id.as_str()));
    Answered::Close { unread: true }
}

/// A request whose answer is not there yet.
pub(crate) struct Waiting<T> {
    pub(super) task: T,
    pub(super) request: KeptRequest,
    pub(super) asked: Asked,
    /// Bytes of a body that nobody reads which are to come.
    pub(super) skip: u64,
}
