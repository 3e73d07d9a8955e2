//! From a request that is read to its answer's bytes, or to what is kept until the answer is there.

use std::time::Instant;

use rover_model::LogLevel;

use super::body::BodyHandling;
use super::framing::Framing;
use super::head::Head;
use super::refusal::Refusal;
use super::service::{Answer, Conditions, Service};
use super::writer::{self, Frame, Prepared};
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
pub(super) enum Sent<'s> {
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
    pub(super) fn end<S: Service>(
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
pub(super) fn refuse<S: Service>(
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

/// A request whose answer is not there yet.
pub(crate) struct Waiting<T> {
    pub(super) task: T,
    pub(super) request: KeptRequest,
    pub(super) asked: Asked,
    /// Bytes of a body that nobody reads which are to come.
    pub(super) skip: u64,
}
