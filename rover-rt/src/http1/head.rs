//! The head of a request: request line and headers.

use std::mem::MaybeUninit;

use http::StatusCode;
use httparse::{Error, Header, Status};

use crate::request::Headers;

/// Request line and headers together.
pub(super) const MAX_HEAD: usize = 32 * 1024;
const MAX_REQUEST_LINE: usize = 8 * 1024;
const MAX_HEADERS: usize = 100;

pub(super) type HeaderSpace<'b> = [MaybeUninit<Header<'b>>; MAX_HEADERS];

pub(super) const fn header_space<'b>() -> HeaderSpace<'b> {
    [const { MaybeUninit::uninit() }; MAX_HEADERS]
}

/// A request that is not answered by the program.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: &'static str,
}

impl Refusal {
    fn bad(message: &'static str) -> Self {
        Refusal {
            status: StatusCode::BAD_REQUEST,
            message,
        }
    }
}

/// How a request's body is delimited (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
}

/// A head that was accepted.
#[derive(Debug)]
pub(super) struct Head<'h> {
    pub(super) method: &'h str,
    /// Origin form.
    pub(super) path: &'h str,
    pub(super) query: &'h str,
    pub(super) headers: Headers<'h>,
    pub(super) framing: Framing,
    pub(super) keep_alive: bool,
    /// HTTP/1.0, whose clients must be told that the connection stays.
    pub(super) old: bool,
    pub(super) expects_continue: bool,
    /// Bytes of the head.
    pub(super) length: usize,
}

/// Reads a head; nothing while it is incomplete.
pub(super) fn parse<'h>(
    input: &'h [u8],
    space: &'h mut HeaderSpace<'h>,
) -> Result<Option<Head<'h>>, Refusal> {
    let mut request = httparse::Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(input, space) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => {
            too_long(input)?;
            bare_line_feeds(input)?;
            return Ok(None);
        }
        Err(error) => return Err(refusal(error, input)),
    };
    if length > MAX_HEAD {
        return Err(TOO_LARGE);
    }
    bare_line_feeds(&input[..length])?;
    let (method, target) = (request.method.unwrap_or(""), request.path.unwrap_or(""));
    if target.len() > MAX_REQUEST_LINE {
        return Err(TOO_LONG);
    }
    let old = request.version == Some(0);
    let headers = Headers::new(request.headers);
    host(&headers, old)?;
    let (path, query) = origin_form(target)?;
    Ok(Some(Head {
        method,
        path,
        query,
        framing: framing(&headers, old)?,
        keep_alive: keep_alive(&headers, old),
        old,
        expects_continue: !old
            && headers
                .get("expect")
                .is_some_and(|v| v.eq_ignore_ascii_case(b"100-continue")),
        headers,
        length,
    }))
}

const TOO_LARGE: Refusal = Refusal {
    status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    message: "Request Header Fields Too Large",
};

const TOO_LONG: Refusal = Refusal {
    status: StatusCode::URI_TOO_LONG,
    message: "URI Too Long",
};

fn too_long(input: &[u8]) -> Result<(), Refusal> {
    let line = memchr::memchr(b'\n', input).unwrap_or(input.len());
    if line > MAX_REQUEST_LINE {
        return Err(TOO_LONG);
    }
    if input.len() > MAX_HEAD {
        return Err(TOO_LARGE);
    }
    Ok(())
}

fn refusal(error: Error, input: &[u8]) -> Refusal {
    match error {
        Error::TooManyHeaders => TOO_LARGE,
        Error::Version if names_a_version(input) => Refusal {
            status: StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            message: "HTTP Version Not Supported",
        },
        _ => Refusal::bad("Malformed request"),
    }
}

/// Whether the third word of the request line is a version of HTTP's; after a space in the
/// target it is anything else.
fn names_a_version(input: &[u8]) -> bool {
    let line = input.split(|byte| matches!(byte, b'\r' | b'\n'));
    let line = line.into_iter().find(|line| !line.is_empty());
    let version = line.and_then(|line| line.split(|&byte| byte == b' ').nth(2));
    matches!(version, Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor])
        if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// A line feed alone may be read as a line's end by one server and not by another
/// (RFC 9112, section 2.2), so it is refused.
fn bare_line_feeds(head: &[u8]) -> Result<(), Refusal> {
    let bare = memchr::memchr_iter(b'\n', head).any(|at| at == 0 || head[at - 1] != b'\r');
    match bare {
        true => Err(Refusal::bad("Malformed line end")),
        false => Ok(()),
    }
}

/// RFC 9112, section 3.2: exactly one `Host` in HTTP/1.1.
fn host(headers: &Headers<'_>, old: bool) -> Result<(), Refusal> {
    let mut hosts = headers.get_all("host");
    let Some(host) = hosts.next() else {
        return if old {
            Ok(())
        } else {
            Err(Refusal::bad("Missing Host"))
        };
    };
    let valid = |b: &u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:[]%".contains(b);
    if hosts.next().is_some() || !host.iter().all(valid) {
        return Err(Refusal::bad("Malformed Host"));
    }
    Ok(())
}

/// Path and query of a target in origin or absolute form (RFC 9112, section 3.2).
fn origin_form(target: &str) -> Result<(&str, &str), Refusal> {
    let malformed = || Refusal::bad("Malformed request target");
    let origin = if target.starts_with('/') {
        target
    } else {
        let rest = ["http://", "https://"].iter().find_map(|scheme| {
            let start = target.get(..scheme.len())?;
            start
                .eq_ignore_ascii_case(scheme)
                .then(|| &target[scheme.len()..])
        });
        let rest = rest.ok_or_else(malformed)?;
        let authority = rest.find(['/', '?']).unwrap_or(rest.len());
        if authority == 0 || rest[..authority].contains('@') {
            return Err(malformed());
        }
        &rest[authority..]
    };
    if origin.contains('#') {
        return Err(malformed());
    }
    let (path, query) = origin.split_once('?').unwrap_or((origin, ""));
    // In absolute form an empty path is the root (section 3.2.1).
    Ok((if path.is_empty() { "/" } else { path }, query))
}

/// RFC 9112, section 6: lengths that servers could disagree about are refused.
fn framing(headers: &Headers<'_>, old: bool) -> Result<Framing, Refusal> {
    let mut codings = headers.get_all("transfer-encoding");
    let mut lengths = headers.get_all("content-length");
    match (codings.next(), lengths.next()) {
        (None, None) => Ok(Framing::Length(0)),
        (None, Some(length)) => {
            let digits = !length.is_empty() && length.iter().all(u8::is_ascii_digit);
            let number = std::str::from_utf8(length)
                .ok()
                .and_then(|l| l.parse().ok());
            match number {
                Some(number) if digits && lengths.next().is_none() => Ok(Framing::Length(number)),
                _ => Err(Refusal::bad("Malformed Content-Length")),
            }
        }
        (Some(_), Some(_)) => Err(Refusal::bad("Content-Length with Transfer-Encoding")),
        (Some(coding), None) => {
            if old || codings.next().is_some() {
                return Err(Refusal::bad("Malformed Transfer-Encoding"));
            }
            if !coding.eq_ignore_ascii_case(b"chunked") {
                return Err(Refusal {
                    status: StatusCode::NOT_IMPLEMENTED,
                    message: "Unknown Transfer-Encoding",
                });
            }
            Ok(Framing::Chunked)
        }
    }
}

/// RFC 9112, section 9.3.
fn keep_alive(headers: &Headers<'_>, old: bool) -> bool {
    let has = |token: &[u8]| {
        let lines = headers.get_all("connection");
        lines
            .flat_map(|line| line.split(|b| *b == b','))
            .any(|option| option.trim_ascii().eq_ignore_ascii_case(token))
    };
    match old {
        true => has(b"keep-alive") && !has(b"close"),
        false => !has(b"close"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> u16 {
        let mut space = header_space();
        match parse(text.as_bytes(), &mut space) {
            Ok(Some(_)) => 200,
            Ok(None) => 0,
            Err(refusal) => refusal.status.as_u16(),
        }
    }

    #[test]
    fn what_a_strict_origin_refuses() {
        for (expected, head) in [
            (200, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            (200, "GET / HTTP/1.0\r\n\r\n"),
            (200, "GET http://a.b/c?d HTTP/1.1\r\nHost: a\r\n\r\n"),
            (200, "GET http://a.b?d HTTP/1.1\r\nHost: a\r\n\r\n"),
            (200, "GET HTTP://a.b HTTP/1.1\r\nHost: a\r\n\r\n"),
            (200, "\r\nGET / HTTP/1.1\r\nHost: a:80\r\n\r\n"),
            (0, "GET / HTTP/1.1\r\nHost: a\r\n"),
            (400, "GET / HTTP/1.1\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
            (400, "GET / HTTP/1.1\nHost: a\n\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nx: \u{1}\r\n\r\n"),
            (400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
            (505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
            (400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, "GET / ICE/1.0\r\nHost: a\r\n\r\n"),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            ),
            (400, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (
                501,
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            ),
        ] {
            assert_eq!(status(head), expected, "{head:?}");
        }
        let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(9000));
        assert_eq!(status(&long), 414);
        let many = "x: y\r\n".repeat(101);
        assert_eq!(
            status(&format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n")),
            431
        );
        let large = format!("GET / HTTP/1.1\r\nHost: a\r\nx: {}", "y".repeat(40_000));
        assert_eq!(status(&large), 431);
    }
}
