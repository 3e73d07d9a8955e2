use std::net::IpAddr;
use std::time::Instant;

use http::StatusCode;
use rover_model::LogLevel;

use super::chunked::{Decoded, Decoder};
use super::framing::Framing;
use super::head::{Head, HeaderSpace, parse};
use super::refusal::Refusal;
use super::writer::{self, Frame};
use crate::message::reply::Reply;
use crate::message::request::{Headers, RequestData, RequestId};
use crate::program::Path;
use crate::service::dispatch::{Answer, Found, Service};
use crate::time::clock::Clock;
use crate::worker::lag::Lag;

/// A body that nobody reads is passed over up to this size; above it the connection
/// closes.
const MAX_SKIP: u64 = 256 * 1024;

/// One connection's place in its stream of requests.
#[derive(Debug)]
pub(crate) enum Exchange {
    /// Before or in a head, of which so much was looked through.
    Head { scanned: usize },
    /// In a body that the route reads; the head's bytes are kept.
    Body { head: Vec<u8>, body: Collect },
    /// In a body that nobody reads: so many bytes of it are to come.
    Skip(u64),
}

/// A body on its way.
#[derive(Debug)]
pub(crate) enum Collect {
    Length { bytes: Vec<u8>, length: usize },
    Chunked(Decoder),
}

/// What a step did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// More input is needed.
    More,
    /// So many bytes of the input are done with.
    Consumed(usize),
    /// What was appended is the last thing on this connection. The client may still be
    /// sending what nobody reads.
    Close { unread: bool },
}

/// Where an exchange happens.
pub(crate) struct Place<'a> {
    pub(crate) service: &'a Service,
    pub(crate) clock: &'a Clock,
    pub(crate) client_ip: IpAddr,
    /// The server stops: connections close after their answer.
    pub(crate) stopping: bool,
    /// Requests have waited for too long: those that need a handler are turned away, which
    /// is noted here.
    pub(crate) late: Option<&'a Lag>,
    /// Bytes of a body that may be kept.
    pub(crate) room: usize,
}

/// What happens to a request's body.
enum Plan {
    /// It is all here, or there is none: so many bytes.
    Here(usize),
    /// The route reads it, and it is not all here.
    Collect(Collect),
    /// Nobody reads it: so many bytes are here, and so many to come.
    Skip(usize, u64),
    /// Nobody reads it, and its end is too far away.
    Leave,
    /// It is not taken.
    Refuse(&'static Refusal),
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
    pub(crate) fn step(&mut self, place: &Place<'_>, input: &[u8], out: &mut Vec<u8>) -> Step {
        if input.is_empty() {
            return Step::More;
        }
        match self {
            Exchange::Head { scanned } => {
                let new = &input[*scanned..];
                // Once a line, so that a head in small pieces is not parsed for each.
                let too_much = input.len() > place.service.head_limits().head;
                if *scanned > 0 && memchr::memchr(b'\n', new).is_none() && !too_much {
                    *scanned = input.len();
                    return Step::More;
                }
                self.head(place, input, out)
            }
            Exchange::Skip(left) => {
                let now = (*left).min(input.len() as u64);
                *left -= now;
                if *left == 0 {
                    *self = Exchange::default();
                }
                Step::Consumed(now as usize)
            }
            Exchange::Body { head, body } => {
                let (taken, refusal) = match body.take(input, place.room) {
                    // A part of a line that cannot be read yet.
                    Ok((0, false)) => return Step::More,
                    Ok((taken, false)) => return Step::Consumed(taken),
                    Ok((taken, true)) => (taken, None),
                    Err(refusal) => (0, Some(refusal)),
                };
                let (head, body) = (std::mem::take(head), body.bytes());
                *self = Exchange::default();
                let mut space = HeaderSpace::new();
                let limits = place.service.head_limits();
                let Ok(Some(head)) = parse(&head, &mut space, limits) else {
                    // It was parsed before.
                    return Step::Close { unread: true };
                };
                let body = match &refusal {
                    Some(refusal) => Body::Refused(refusal),
                    None => Body::Bytes(&body),
                };
                let target = Target::find(place.service, &head);
                answer(place, &head, target, body, out).unwrap_or(Step::Consumed(taken))
            }
        }
    }

    fn head(&mut self, place: &Place<'_>, input: &[u8], out: &mut Vec<u8>) -> Step {
        let mut space = HeaderSpace::new();
        let limits = place.service.head_limits();
        let head = match parse(input, &mut space, limits) {
            Ok(Some(head)) => head,
            Ok(None) => {
                *self = Exchange::Head {
                    scanned: input.len(),
                };
                return Step::More;
            }
            Err(refusal) => return refuse(place, out, &refusal),
        };
        *self = Exchange::default();
        let rest = &input[head.length..];
        let target = Target::find(place.service, &head);
        let plan = plan(place, &head, &target, rest);
        let (body, consumed) = match plan {
            Plan::Here(length) => (Body::Bytes(&rest[..length]), length),
            Plan::Skip(here, to_come) => {
                if to_come > 0 {
                    *self = Exchange::Skip(to_come);
                }
                (Body::Bytes(&[]), here)
            }
            Plan::Leave => (Body::Left, 0),
            Plan::Refuse(refusal) => (Body::Refused(refusal), 0),
            Plan::Collect(body) => {
                if head.expects_continue && rest.is_empty() {
                    out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                }
                let head = input[..head.length].to_vec();
                let length = head.len();
                *self = Exchange::Body { head, body };
                return Step::Consumed(length);
            }
        };
        let consumed = head.length + consumed;
        answer(place, &head, target, body, out).unwrap_or(Step::Consumed(consumed))
    }
}

/// What a request asks for.
struct Target<'p> {
    path: Path<'p>,
    /// Nothing where the path is malformed.
    found: Option<Found>,
}

impl<'p> Target<'p> {
    fn find(service: &Service, head: &Head<'p>) -> Self {
        if head.path == "*" {
            return Target {
                path: Path::ROOT,
                found: Some(service.whole_server()),
            };
        }
        match Path::parse(head.path) {
            Ok(mut path) => {
                let found = Some(service.find(head.method, &mut path));
                Target { path, found }
            }
            Err(_) => Target {
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

const TOO_LARGE: Refusal = Refusal {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    message: "Payload Too Large",
};

/// Other clients' bodies fill the memory that there is for them.
const NO_ROOM: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    message: "Service Unavailable",
};

impl Collect {
    fn len(&self) -> usize {
        match self {
            Collect::Length { bytes, .. } => bytes.len(),
            Collect::Chunked(decoder) => decoder.body.len(),
        }
    }

    /// Takes what belongs to the body, where there is room for it; whether it is complete.
    fn take(&mut self, input: &[u8], room: usize) -> Result<(usize, bool), Refusal> {
        if input.len() > room {
            return Err(NO_ROOM);
        }
        match self {
            Collect::Length { bytes, length } => {
                let now = (*length - bytes.len()).min(input.len());
                bytes.extend_from_slice(&input[..now]);
                Ok((now, bytes.len() == *length))
            }
            Collect::Chunked(decoder) => match decoder.decode(input) {
                Decoded::Partial(taken) => Ok((taken, false)),
                Decoded::Complete(taken) => Ok((taken, true)),
                Decoded::TooLarge => Err(TOO_LARGE),
                Decoded::TooManyTrailers => Err(Refusal::HEAD_TOO_LARGE),
                Decoded::Malformed => Err(Refusal {
                    status: StatusCode::BAD_REQUEST,
                    message: "Malformed chunked body",
                }),
            },
        }
    }

    fn bytes(&mut self) -> Vec<u8> {
        match self {
            Collect::Length { bytes, .. } => std::mem::take(bytes),
            Collect::Chunked(decoder) => std::mem::take(&mut decoder.body),
        }
    }
}

/// Decides about a body; `rest` is what of it has come.
fn plan(place: &Place<'_>, head: &Head<'_>, target: &Target<'_>, rest: &[u8]) -> Plan {
    let service = place.service;
    // The largest body, where the route reads one.
    let wanted = || {
        let found = target.found.as_ref();
        let found = found.filter(|found| service.reads_body(found));
        found.map(|found| service.body_limit(found) as u64)
    };
    if head.framing == Framing::Length(0) {
        return Plan::Here(0);
    }
    match (head.framing, wanted()) {
        (Framing::Length(length), Some(limit)) => {
            if length > limit {
                return Plan::Refuse(&TOO_LARGE);
            }
            let length = length as usize;
            if length <= rest.len() {
                return Plan::Here(length);
            }
            if length > place.room {
                return Plan::Refuse(&NO_ROOM);
            }
            Plan::Collect(Collect::Length {
                bytes: Vec::new(),
                length,
            })
        }
        (Framing::Length(length), None) => {
            let here = length.min(rest.len() as u64);
            let to_come = length - here;
            if to_come > MAX_SKIP || (to_come > 0 && head.expects_continue) {
                return Plan::Leave;
            }
            Plan::Skip(here as usize, to_come)
        }
        (Framing::Chunked, Some(limit)) => Plan::Collect(Collect::Chunked(Decoder::new(limit))),
        (Framing::Chunked, None) => Plan::Leave,
    }
}

/// Appends the answer to a request; [`Step::Close`] where it is the last one.
fn answer(
    place: &Place<'_>,
    head: &Head<'_>,
    target: Target<'_>,
    body: Body<'_>,
    out: &mut Vec<u8>,
) -> Option<Step> {
    let service = place.service;
    let timed = service.log().enabled(LogLevel::Info).then(Instant::now);
    let id = service.ids().of(&head.headers);
    let Target { path, found } = target;
    let mut data = RequestData {
        method: head.method,
        path: &path,
        query: head.query,
        headers: head.headers,
        params: &[],
        body: match body {
            Body::Bytes(bytes) if !bytes.is_empty() => Some(bytes),
            _ => None,
        },
        client_ip: place.client_ip,
        request_id: &id,
    };
    let answer = match (found, &body) {
        (_, Body::Refused(refusal)) => Answer::Reply(service.refused(&data, refusal.reply())),
        (Some(found), _) if place.late.is_some() && service.runs_lua(&found) => {
            return late(place, head, &id, out);
        }
        (Some(found), _) => service.answer(&mut data, found),
        (None, _) => {
            let malformed = Reply::refusal(StatusCode::BAD_REQUEST, "Malformed path");
            Answer::Reply(service.refused(&data, malformed))
        }
    };
    let unread = matches!(body, Body::Left | Body::Refused(_));
    let frame = Frame {
        head: head.method == "HEAD",
        close: unread || place.stopping || !head.keep_alive || answer.closes(),
        old: head.old,
    };
    let id = id.as_str();
    let (status, bytes) = match answer {
        Answer::Reply(reply) => {
            let (status, body) = writer::reply(out, reply, place.clock, id, frame);
            let length = body.len();
            service.give_back(body);
            (status, length)
        }
        Answer::Prepared(response) => writer::prepared(out, response, place.clock, id, frame),
    };
    if let Some(start) = timed {
        let (method, path) = (head.method, head.path);
        let micros = start.elapsed().as_micros();
        let line = format!("{method} {path} {} {micros}us {bytes}B", status.as_u16());
        service.log().line(LogLevel::Info, &line, Some(id));
    }
    frame.close.then_some(Step::Close { unread })
}

/// Turns a request away without asking the program, which has no time, nor the log.
fn late(place: &Place<'_>, head: &Head<'_>, id: &RequestId, out: &mut Vec<u8>) -> Option<Step> {
    if let Some(lag) = place.late {
        lag.refuse();
    }
    let frame = Frame {
        head: head.method == "HEAD",
        close: place.stopping || !head.keep_alive,
        old: head.old,
    };
    writer::reply(out, NO_ROOM.reply(), place.clock, id.as_str(), frame);
    frame.close.then_some(Step::Close { unread: false })
}

/// Answers what cannot be a request, and ends the connection.
fn refuse(place: &Place<'_>, out: &mut Vec<u8>, refusal: &Refusal) -> Step {
    let path = Path::ROOT;
    let id = place.service.ids().of(&Headers::new(&[]));
    let data = RequestData {
        method: "",
        path: &path,
        query: "",
        headers: Headers::new(&[]),
        params: &[],
        body: None,
        client_ip: place.client_ip,
        request_id: &id,
    };
    let reply = place.service.refused(&data, refusal.reply());
    let frame = Frame {
        head: false,
        close: true,
        old: false,
    };
    let (status, _) = writer::reply(out, reply, place.clock, id.as_str(), frame);
    let line = format!("refused: {} {}", status.as_u16(), refusal.message);
    place
        .service
        .log()
        .line(LogLevel::Info, &line, Some(id.as_str()));
    Step::Close { unread: true }
}

/// The answer to a client that is too slow.
pub(crate) fn timeout(place: &Place<'_>, out: &mut Vec<u8>) {
    let refusal = Refusal {
        status: StatusCode::REQUEST_TIMEOUT,
        message: "Request Timeout",
    };
    refuse(place, out, &refusal);
}
