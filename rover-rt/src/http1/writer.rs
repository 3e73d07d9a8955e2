//! Responses as bytes (RFC 9112, section 4).

use http::StatusCode;
use http::header::DATE;

use crate::message::reply::{ContentType, REQUEST_ID, Reply};
use crate::time::clock::Clock;

/// What of the request shapes the response's framing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// The response to HEAD has no body.
    pub(super) head: bool,
    pub(super) close: bool,
    /// HTTP/1.0.
    pub(super) old: bool,
}

/// Headers of the server's that the program has replaced by its own.
#[derive(Clone, Copy, Debug, Default)]
struct Replaced {
    date: bool,
    id: bool,
}

impl Replaced {
    fn by(reply: &Reply) -> Self {
        Replaced {
            date: reply.header(&DATE).is_some(),
            id: reply.header(&REQUEST_ID).is_some(),
        }
    }
}

/// A response whose bytes are known but for the date and the request's id.
#[derive(Debug)]
pub(crate) struct Prepared {
    status: StatusCode,
    /// The connection ends with it.
    close: bool,
    replaced: Replaced,
    /// Some of its headers depend on the request.
    varies: bool,
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Prepared {
    pub(crate) fn closes(&self) -> bool {
        self.close
    }

    pub(crate) fn new(reply: Reply, varies: bool) -> Self {
        let reply = reply.finished();
        let status = reply.status.unwrap_or(StatusCode::OK);
        let mut head = Vec::new();
        status_line(&mut head, status);
        headers(&mut head, &reply);
        if has_length(status) {
            content_length(&mut head, reply.body.len());
        }
        Prepared {
            status,
            close: reply.close,
            replaced: Replaced::by(&reply),
            varies,
            head,
            body: reply.body,
        }
    }
}

/// Appends a prepared response; gives its status and the length of its body. `add` writes the
/// lines that depend on the request.
pub(super) fn prepared(
    out: &mut Vec<u8>,
    response: &Prepared,
    clock: &Clock,
    id: &str,
    frame: Frame,
    add: impl FnOnce(&mut Vec<u8>),
) -> (StatusCode, usize) {
    out.extend_from_slice(&response.head);
    if response.varies {
        add(out);
    }
    end_of_head(out, clock, id, frame, response.replaced);
    if !frame.head {
        out.extend_from_slice(&response.body);
    }
    (response.status, response.body.len())
}

/// Appends a response; gives its status and its body, of which the length is of interest. `add`
/// writes the lines that are not its own.
pub(super) fn reply(
    out: &mut Vec<u8>,
    reply: Reply,
    clock: &Clock,
    id: &str,
    frame: Frame,
    add: impl FnOnce(&mut Reply, &mut Vec<u8>),
) -> (StatusCode, Vec<u8>) {
    let mut reply = reply.finished();
    let status = reply.status.unwrap_or(StatusCode::OK);
    status_line(out, status);
    add(&mut reply, out);
    headers(out, &reply);
    if has_length(status) {
        content_length(out, reply.body.len());
    }
    end_of_head(out, clock, id, frame, Replaced::by(&reply));
    if !frame.head {
        out.extend_from_slice(&reply.body);
    }
    (status, reply.body)
}

/// RFC 9110, section 8.6: none with 204; none with 304, which speaks of another body.
fn has_length(status: StatusCode) -> bool {
    status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED
}

fn status_line(out: &mut Vec<u8>, status: StatusCode) {
    if status == StatusCode::OK {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    } else {
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(status.as_str().as_bytes());
        out.push(b' ');
        let reason = status.canonical_reason().unwrap_or_default();
        out.extend_from_slice(reason.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

fn headers(out: &mut Vec<u8>, reply: &Reply) {
    match &reply.content_type {
        // What most answers are, in one piece.
        Some(ContentType::Json) => out.extend_from_slice(b"content-type: application/json\r\n"),
        Some(kind) => header(out, b"content-type", kind.as_bytes()),
        None => {}
    }
    for (name, value) in reply.headers() {
        header(out, name.as_str().as_bytes(), value.as_bytes());
    }
}

fn header(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn content_length(out: &mut Vec<u8>, length: usize) {
    let mut digits = itoa::Buffer::new();
    out.extend_from_slice(b"content-length: ");
    out.extend_from_slice(digits.format(length).as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn end_of_head(out: &mut Vec<u8>, clock: &Clock, id: &str, frame: Frame, replaced: Replaced) {
    if !replaced.id {
        out.extend_from_slice(b"x-request-id: ");
        out.extend_from_slice(id.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if !replaced.date {
        out.extend_from_slice(clock.date_line().as_bytes());
    }
    out.extend_from_slice(if frame.close {
        b"connection: close\r\n\r\n"
    } else if frame.old {
        b"connection: keep-alive\r\n\r\n"
    } else {
        b"\r\n"
    });
}
