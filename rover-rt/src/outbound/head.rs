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
/// most of them are never asked for: for each the lengths of its name and of its value, and both.
#[derive(Default)]
pub(crate) struct AnswerHeaders {
    bytes: Vec<u8>,
    count: usize,
}

/// What a length is written in. A name is shorter than 64 KiB by HTTP/2, too.
const NAME_LENGTH: usize = size_of::<u16>();
const VALUE_LENGTH: usize = size_of::<u32>();
const LENGTHS: usize = NAME_LENGTH + VALUE_LENGTH;

impl AnswerHeaders {
    fn with_capacity(bytes: usize) -> Self {
        AnswerHeaders {
            bytes: Vec::with_capacity(bytes),
            count: 0,
        }
    }

    /// Those of an answer by HTTP/2.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Wrong> {
        if headers.len() > MOST_HEADERS {
            return Err(Wrong::TooLong);
        }
        let mut own = AnswerHeaders::default();
        for (name, value) in headers {
            own.push(name.as_str().as_bytes(), value.as_bytes());
        }
        Ok(own)
    }

    fn push(&mut self, name: &[u8], value: &[u8]) {
        let (Ok(name_length), Ok(value_length)) =
            (u16::try_from(name.len()), u32::try_from(value.len()))
        else {
            // No limit lets one come that is so long.
            return;
        };
        let bytes = &mut self.bytes;
        let ([a, b], [c, d, e, f]) = (name_length.to_ne_bytes(), value_length.to_ne_bytes());
        bytes.extend_from_slice(&[a, b, c, d, e, f]);
        let start = bytes.len();
        bytes.extend_from_slice(name);
        bytes[start..].make_ascii_lowercase();
        bytes.extend_from_slice(value);
        self.count += 1;
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = &self.bytes[..];
        std::iter::from_fn(move || {
            let (name_length, after) = rest.split_first_chunk()?;
            let (value_length, after) = after.split_first_chunk()?;
            let name_length = usize::from(u16::from_ne_bytes(*name_length));
            let value_length = u32::from_ne_bytes(*value_length) as usize;
            let (name, after) = after.split_at_checked(name_length)?;
            let (value, after) = after.split_at_checked(value_length)?;
            rest = after;
            Some((name, value))
        })
    }

    /// The values that a header has before a place, joined; nothing where it comes there first.
    pub(crate) fn before(&self, place: usize, name: &[u8]) -> Option<Vec<u8>> {
        let mut others = self.iter().take(place).filter(|(other, _)| *other == name);
        let (_, first) = others.next()?;
        let mut joined = first.to_vec();
        for (_, value) in others {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value);
        }
        Some(joined)
    }

    /// Every value of a header, whose name is given in lower case.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let found = self
            .iter()
            .filter(move |(other, _)| *other == name.as_bytes());
        found.map(|(_, value)| value)
    }

    /// The first value of a header, whose name is given in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// Forgets all headers with one of these names.
    pub(super) fn remove(&mut self, names: &[&str]) {
        let mut kept = AnswerHeaders::with_capacity(self.bytes.len());
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
        let text = String::from_utf8_lossy;
        f.debug_map()
            .entries(self.iter().map(|(name, value)| (text(name), text(value))))
            .finish()
    }
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

/// Reads the head of an answer to a request with this method; nothing while it is incomplete. Not inlined, as
/// the headers take much of the stack.
#[inline(never)]
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
    // A line has four bytes besides name and value.
    let room = length + (LENGTHS - 4) * response.headers.len();
    let mut headers = AnswerHeaders::with_capacity(room);
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
