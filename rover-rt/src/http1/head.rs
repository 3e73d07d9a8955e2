//! The head of a request: request line and headers.

use std::mem::MaybeUninit;

use httparse::{Error, Header, Status};

use super::framing::{Framing, expects_continue, framing, keep_alive};
use super::refusal::Refusal;
use super::target::{host, target};
use crate::message::headers::Headers;

/// How much of a head is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadLimits {
    /// Bytes of the request line, its end not counted.
    pub(crate) line: usize,
    /// Bytes of request line and headers together.
    pub(crate) head: usize,
    /// Number of headers.
    pub(crate) headers: usize,
}

/// So many headers need no space on the heap.
const INLINE_HEADERS: usize = 100;

/// Where the headers of a head are listed.
pub(super) struct HeaderSpace<'b> {
    inline: [MaybeUninit<Header<'b>>; INLINE_HEADERS],
    more: Vec<MaybeUninit<Header<'b>>>,
}

impl<'b> HeaderSpace<'b> {
    pub(super) const fn new() -> Self {
        HeaderSpace {
            inline: [const { MaybeUninit::uninit() }; INLINE_HEADERS],
            more: Vec::new(),
        }
    }

    fn of(&mut self, count: usize) -> &mut [MaybeUninit<Header<'b>>] {
        if count <= INLINE_HEADERS {
            return &mut self.inline[..count];
        }
        self.more.resize_with(count, MaybeUninit::uninit);
        &mut self.more
    }
}

/// A head that was accepted.
#[derive(Debug)]
pub(super) struct Head<'h> {
    pub(super) method: &'h str,
    /// Origin form, or `*`.
    pub(super) path: &'h str,
    pub(super) query: &'h str,
    /// Valid, or empty.
    pub(super) host: &'h [u8],
    pub(super) headers: Headers<'h>,
    pub(super) framing: Framing,
    pub(super) keep_alive: bool,
    /// HTTP/1.0, whose clients must be told that the connection stays.
    pub(super) old: bool,
    pub(super) expects_continue: bool,
    /// Bytes of the head.
    pub(super) length: usize,
}

/// Reads a head; nothing while it is incomplete. A head in pieces is refused for what a
/// whole one is: each rule looks no further than the first byte that breaks it.
pub(super) fn parse<'h>(
    input: &'h [u8],
    space: &'h mut HeaderSpace<'h>,
    limits: HeadLimits,
) -> Result<Option<Head<'h>>, Refusal> {
    let input = &input[..input.len().min(limits.head.saturating_add(1))];
    let before = input.len() - without_empty_lines(input).len();
    bare_line_feeds(&input[..before])?;
    let mut request = httparse::Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(input, space.of(limits.headers));
    let length = match parsed {
        Ok(Status::Complete(length)) if length <= limits.head => length,
        Ok(_) => {
            request_line(input, limits)?;
            bare_line_feeds(input)?;
            return match input.len() > limits.head {
                true => Err(Refusal::HEAD_TOO_LARGE),
                false => Ok(None),
            };
        }
        Err(error) => {
            request_line(input, limits)?;
            return match error == Error::Version && may_name_a_version(input) {
                true => Ok(None),
                false => Err(refusal(error, input)),
            };
        }
    };
    let head = &input[..length];
    let bare = !ends_lines_well(head, request.headers);
    debug_assert_eq!(bare, bare_line_feeds(head).is_err());
    if bare {
        return Err(BARE_LINE_FEED);
    }
    let (method, text) = (request.method.unwrap_or(""), request.path.unwrap_or(""));
    if method.len() + text.len() + "  HTTP/1.1".len() > limits.line {
        return Err(Refusal::LINE_TOO_LONG);
    }
    let old = request.version == Some(0);
    let target = target(method, text)?;
    let host = host(request.headers, &target, old)?;
    let headers = Headers::new(request.headers);
    let framing = framing(&headers, old)?;
    Ok(Some(Head {
        method,
        path: target.path,
        query: target.query,
        host,
        framing,
        keep_alive: keep_alive(&headers, old),
        old,
        expects_continue: expects_continue(&headers, old)?,
        headers,
        length,
    }))
}

/// The request line's length, as far as it is there. Empty lines before it do not count.
fn request_line(input: &[u8], limits: HeadLimits) -> Result<(), Refusal> {
    let line = without_empty_lines(input);
    let mut length = memchr::memchr(b'\n', line).unwrap_or(line.len());
    if line[..length].ends_with(b"\r") {
        length -= 1;
    }
    match length > limits.line {
        true => Err(Refusal::LINE_TOO_LONG),
        false => Ok(()),
    }
}

fn without_empty_lines(input: &[u8]) -> &[u8] {
    let start = input.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    &input[start.unwrap_or(input.len())..]
}

fn refusal(error: Error, input: &[u8]) -> Refusal {
    match error {
        Error::TooManyHeaders => Refusal::HEAD_TOO_LARGE,
        Error::Version if names_a_version(input) => Refusal::VERSION,
        _ => Refusal::bad("Malformed request"),
    }
}

/// Whether the third word of the request line is a version of HTTP's; after a space in the
/// target it is anything else.
fn names_a_version(input: &[u8]) -> bool {
    let line = without_empty_lines(input);
    let end = memchr::memchr2(b'\r', b'\n', line).unwrap_or(line.len());
    third_word(&line[..end]).is_some_and(|word| word.len() == 8 && begins_a_version(word))
}

/// Whether the request line is not all here, and its third word may yet become one.
fn may_name_a_version(input: &[u8]) -> bool {
    let line = without_empty_lines(input);
    memchr::memchr2(b'\r', b'\n', line).is_none() && third_word(line).is_some_and(begins_a_version)
}

fn third_word(line: &[u8]) -> Option<&[u8]> {
    line.split(|&byte| byte == b' ').nth(2)
}

/// Whether a word is a version of HTTP's, or the beginning of one.
fn begins_a_version(word: &[u8]) -> bool {
    let mut form = b"HTTP/0.0".iter();
    word.iter().all(|byte| match form.next() {
        Some(b'0') => byte.is_ascii_digit(),
        expected => expected == Some(byte),
    })
}

/// A line feed alone may be read as a line's end by one server and not by another
/// (RFC 9112, section 2.2), so it is refused.
fn bare_line_feeds(head: &[u8]) -> Result<(), Refusal> {
    let bare = memchr::memchr_iter(b'\n', head).any(|at| at == 0 || head[at - 1] != b'\r');
    match bare {
        true => Err(BARE_LINE_FEED),
        false => Ok(()),
    }
}

const BARE_LINE_FEED: Refusal = Refusal::bad("Malformed request");

/// Whether each line of a head that was parsed ends as it should: [`bare_line_feeds`], which
/// needs to look only at what is before each header and at the end.
fn ends_lines_well(head: &[u8], headers: &[Header<'_>]) -> bool {
    let start = head.as_ptr().addr();
    let before = |header: &Header<'_>| {
        let at = header.name.as_ptr().addr().wrapping_sub(start);
        head.get(..at)
            .is_some_and(|before| before.ends_with(b"\r\n"))
    };
    head.ends_with(b"\r\n\r\n") && headers.iter().all(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> u16 {
        let limits = HeadLimits {
            line: 8 * 1024,
            head: 32 * 1024,
            headers: 100,
        };
        let mut space = HeaderSpace::new();
        match parse(text.as_bytes(), &mut space, limits) {
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
            (501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
            (200, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
            (400, "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"),
            (417, "GET / HTTP/1.1\r\nHost: a\r\nExpect: b\r\n\r\n"),
            (200, "GET / HTTP/1.0\r\nExpect: b\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nx: a\rb\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nx: \u{7f}\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nx\u{0}: b\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nx\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
            (400, "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, "GET /\rHTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
            (400, "GET / http/1.1\r\nHost: a\r\n\r\n"),
            (400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
            (400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            (505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
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
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n",
            ),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            ),
            (
                501,
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n",
            ),
            (400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
            (
                400,
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",
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

    #[test]
    fn a_request_line_in_pieces_is_judged_as_a_whole() {
        for text in [
            "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
            "GET / HTTP/0.9\r\n\r\n",
            "\n\r\nGET / HTTP/2.0\r\n\r\n",
            "GET / HTTP/2.0x\r\n\r\n",
            "GET / HTTP/2\r\n\r\n",
            "GET / HTTP/1.x\r\n\r\n",
            "GET / HTTP/11\r\n\r\n",
            "GET / ICE/1.0\r\n\r\n",
            "GET /a b HTTP/1.1\r\n\r\n",
        ] {
            let pieces = (1..text.len()).map(|end| status(&text[..end]));
            let first = pieces.into_iter().find(|status| *status != 0);
            assert_eq!(first, Some(status(text)), "{text:?}");
        }
    }

    /// The least that a limit is exceeded by, and lines of which the last is malformed.
    #[test]
    fn a_head_in_pieces_is_judged_as_a_whole() {
        let line = |length: usize| "a".repeat(length - "GET / HTTP/1.1".len());
        let head = |length: usize| "b".repeat(length);
        for text in [
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", line(8192)),
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", line(8193)),
            format!("\r\nGET /{} HTTP/1.1\r\nHost: a\r\n\r\n", line(8193)),
            format!("GET /{} HTTP/1.1\r\nbad header\r\n\r\n", line(9000)),
            format!("GET / HTTP/1.1\r\nHost: a\r\nx: {}\r\n\r\n", head(32_735)),
            format!("GET / HTTP/1.1\r\nHost: a\r\nx: {}\r\n\r\n", head(32_736)),
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\nx: {}\r\nbad header\r\n\r\n",
                head(32_740)
            ),
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\n{}bad header\r\n\r\n",
                "x: y\r\n".repeat(99)
            ),
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\n{}bad header\r\n\r\n",
                "x: y\r\n".repeat(100)
            ),
        ] {
            let whole = status(&text);
            let bytes = text.as_bytes();
            let near = |end: usize, limit: usize| end.abs_diff(limit) < 20;
            let ends = (1..text.len())
                .filter(|&end| bytes[end - 1] == b'\n' || near(end, 8192) || near(end, 32_768));
            let first = ends
                .map(|end| status(&text[..end]))
                .find(|status| *status != 0);
            let end = text.len() - "\r\n".len();
            assert_eq!(first.unwrap_or(whole), whole, "{}", &text[end.min(40)..end]);
        }
    }
}
