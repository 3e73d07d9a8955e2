//! The head of an answer: status, headers, and what it says of the bytes that follow.

use std::mem::MaybeUninit;

use http::{HeaderMap, Method, StatusCode};
use httparse::{Header, Response, Status};

/// How long the head of an answer may be.
pub(super) const LONGEST_HEAD: usize = 64 << 10;
/// How many headers it may have.
const MOST_HEADERS: usize = 100;

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct AnswerHead {
    pub(crate) status: StatusCode,
    pub(crate) headers: AnswerHeaders,
}

/// Headers in the order in which they came, their names in lower case. They stand in one block, since
/// most of them are never asked for: `name:value` and a line end for each. No name has a colon, and no
/// value has a line end.
#[derive(Default)]
pub(crate) struct AnswerHeaders(Vec<u8>);

impl AnswerHeaders {
    fn with_capacity(bytes: usize) -> Self {
        AnswerHeaders(Vec::with_capacity(bytes))
    }

    /// Those of an answer by HTTP/2.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut own = AnswerHeaders::default();
        for (name, value) in headers {
            own.push(name.as_str().as_bytes(), value.as_bytes());
        }
        own
    }

    fn push(&mut self, name: &[u8], value: &[u8]) {
        let start = self.0.len();
        self.0.extend_from_slice(name);
        self.0[start..].make_ascii_lowercase();
        self.0.push(b':');
        self.0.extend_from_slice(value);
        self.0.push(b'\n');
    }

    /// Names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        lines(&self.0).filter_map(|line| {
            let colon = memchr::memchr(b':', line)?;
            Some((&line[..colon], &line[colon + 1..]))
        })
    }

    /// Every value of a header, whose name is given in lower case.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        lines(&self.0).filter_map(move |line| {
            let rest = line.strip_prefix(name.as_bytes())?;
            rest.strip_prefix(b":")
        })
    }

    /// The first value of a header, whose name is given in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// Forgets all headers with one of these names.
    pub(super) fn remove(&mut self, names: &[&str]) {
        let mut kept = AnswerHeaders::with_capacity(self.0.len());
        for (name, value) in self.iter() {
            if !names.iter().any(|other| other.as_bytes() == name) {
                kept.push(name, value);
            }
        }
        *self = kept;
    }
}

impl std::fmt::Debug for AnswerHeaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest)?;
        let line = &rest[..end];
        rest = &rest[end + 1..];
        Some(line)
    })
}

/// How the body of an answer ends (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Length(u64),
    Chunked,
    /// The end of the connection.
    Close,
}

/// What a head of HTTP/1.1 says.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) head: AnswerHead,
    pub(super) body: Delimiter,
    /// Whether the connection goes on after the answer.
    pub(super) stays: bool,
    /// How many bytes it has.
    pub(super) length: usize,
}

/// Why there is no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    TooLong,
    /// It is not HTTP; what is wrong with it.
    Malformed(&'static str),
}

/// Reads the head of an answer to a request with this method; nothing while it is incomplete.
pub(super) fn parse(input: &[u8], method: &Method) -> Result<Option<Parsed>, Wrong> {
    let mut space = [const { MaybeUninit::<Header<'_>>::uninit() }; MOST_HEADERS];
    let mut response = Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    let parsed = config.parse_response_with_uninit_headers(&mut response, input, &mut space);
    let length = match parsed {
        Ok(Status::Complete(length)) if length <= LONGEST_HEAD => length,
        Ok(Status::Partial) if input.len() <= LONGEST_HEAD => return Ok(None),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(Wrong::TooLong),
        Err(error) => return Err(Wrong::Malformed(malformed(error))),
    };
    let status = StatusCode::from_u16(response.code.unwrap_or_default());
    let status = status.map_err(|_| Wrong::Malformed("invalid HTTP status-code parsed"))?;
    let mut said = Said::default();
    let mut headers = AnswerHeaders::with_capacity(length);
    for header in response.headers.iter() {
        said.hear(header)?;
        headers.push(header.name.as_bytes(), header.value);
    }
    let old = response.version == Some(0);
    let (body, stays) = said.conclude(status, method, old)?;
    Ok(Some(Parsed {
        head: AnswerHead { status, headers },
        body,
        stays,
        length,
    }))
}

fn malformed(error: httparse::Error) -> &'static str {
    match error {
        httparse::Error::HeaderName => "invalid HTTP header name",
        httparse::Error::HeaderValue => "invalid HTTP header value",
        httparse::Error::Status => "invalid HTTP status-code parsed",
        httparse::Error::Version => "invalid HTTP version parsed",
        httparse::Error::NewLine | httparse::Error::Token | httparse::Error::TooManyHeaders => {
            "invalid HTTP head"
        }
    }
}

/// What headers say of the message itself.
#[derive(Default)]
struct Said {
    length: Option<u64>,
    coded: bool,
    /// The last coding is `chunked`.
    chunked: bool,
    close: bool,
    keep_alive: bool,
}

impl Said {
    fn hear(&mut self, header: &Header<'_>) -> Result<(), Wrong> {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let listed = || {
            header
                .value
                .split(|byte| *byte == b',')
                .map(<[u8]>::trim_ascii)
        };
        match header.name.len() {
            10 if is("connection") => {
                self.close |= listed().any(|option| option.eq_ignore_ascii_case(b"close"));
                self.keep_alive |=
                    listed().any(|option| option.eq_ignore_ascii_case(b"keep-alive"));
            }
            // The same length may be said more than once (RFC 9110 section 8.6).
            14 if is("content-length") => {
                for length in listed() {
                    let length = number(length).ok_or(WRONG_LENGTH)?;
                    if self
                        .length
                        .replace(length)
                        .is_some_and(|other| other != length)
                    {
                        return Err(WRONG_LENGTH);
                    }
                }
            }
            17 if is("transfer-encoding") => {
                self.coded = true;
                let last = listed().next_back();
                self.chunked = last.is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"));
            }
            _ => {}
        }
        Ok(())
    }

    /// How the body ends, and whether the connection goes on after it.
    fn conclude(
        &self,
        status: StatusCode,
        method: &Method,
        old: bool,
    ) -> Result<(Delimiter, bool), Wrong> {
        let stays = if old {
            self.keep_alive && !self.close
        } else {
            !self.close
        };
        let is_bare = matches!(status.as_u16(), 100..=199 | 204 | 304) || *method == Method::HEAD;
        if is_bare {
            // Nobody here has asked for another protocol.
            let switches = status == StatusCode::SWITCHING_PROTOCOLS;
            return Ok((Delimiter::Length(0), stays && !switches));
        }
        match (self.coded, self.length) {
            (true, _) if old => Err(Wrong::Malformed("transfer-encoding in HTTP/1.0")),
            // With a length as well, somebody on the way may see another end (RFC 9112 section 6.1).
            (true, length) if self.chunked => Ok((Delimiter::Chunked, stays && length.is_none())),
            (true, _) | (false, None) => Ok((Delimiter::Close, false)),
            (false, Some(length)) => Ok((Delimiter::Length(length), stays)),
        }
    }
}

const WRONG_LENGTH: Wrong = Wrong::Malformed("invalid content-length parsed");

/// `1*DIGIT`
fn number(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text)
        .ok()
        .filter(|_| digits)?
        .parse()
        .ok()
}

/// How long a body is, where its server says so.
pub(super) fn announced(headers: &AnswerHeaders) -> Option<u64> {
    number(headers.get("content-length")?)
}
