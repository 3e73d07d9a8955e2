//! The chunked transfer coding (RFC 9112, section 7.1).

/// A chunk's size line, and a trailer line, may be so long.
const MAX_LINE: usize = 4096;
/// Bytes of all extensions of a body. Without it, chunks of one byte with an extension each
/// cost thousands of times what they carry.
const MAX_EXTENSIONS: usize = 16 * 1024;
/// Bytes of all trailers.
const MAX_TRAILERS: usize = 16 * 1024;

/// Decodes a body that comes in pieces.
#[derive(Debug)]
pub(crate) struct ChunkedDecoder {
    /// What was decoded. Who takes it away takes it out of the limit's count, too.
    pub(crate) body: Vec<u8>,
    /// Blanks may follow a chunk's size.
    padded: bool,
    limit: u64,
    state: State,
    extensions: usize,
    trailers: usize,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Size,
    Data(u64),
    /// The line end after a chunk's data.
    DataEnd,
    Trailers,
}

/// What the input holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// More must come; so many bytes were taken.
    Partial(usize),
    /// The body has ended after so many bytes.
    Complete(usize),
    Malformed,
    TooLarge,
    TooManyTrailers,
}

impl ChunkedDecoder {
    /// For a request's body, read as strictly as the grammar is.
    pub(crate) fn of_request(limit: u64) -> Self {
        ChunkedDecoder::new(limit, false)
    }

    /// For an answer's body: there are servers that fill up the line of a chunk's size with blanks.
    #[cfg(feature = "client")]
    pub(crate) fn of_answer() -> Self {
        ChunkedDecoder::new(u64::MAX, true)
    }

    fn new(limit: u64, padded: bool) -> Self {
        ChunkedDecoder {
            body: Vec::new(),
            padded,
            limit,
            state: State::Size,
            extensions: 0,
            trailers: 0,
        }
    }

    /// Takes as much of the input as it can.
    pub(crate) fn decode(&mut self, input: &[u8]) -> Decoded {
        let mut at = 0;
        loop {
            let rest = &input[at..];
            match self.state {
                State::Data(left) => {
                    let now = left.min(rest.len() as u64) as usize;
                    self.body.extend_from_slice(&rest[..now]);
                    at += now;
                    if now as u64 != left {
                        self.state = State::Data(left - now as u64);
                        return Decoded::Partial(at);
                    }
                    self.state = State::DataEnd;
                }
                State::DataEnd => {
                    match rest {
                        [b'\r', b'\n', ..] => at += 2,
                        [] | [b'\r'] => return Decoded::Partial(at),
                        _ => return Decoded::Malformed,
                    }
                    self.state = State::Size;
                }
                State::Size | State::Trailers => {
                    let line = match line(rest) {
                        Ok(Some(line)) => line,
                        Ok(None) => return Decoded::Partial(at),
                        Err(()) => return Decoded::Malformed,
                    };
                    at += line.len() + 2;
                    let step = match self.state {
                        State::Size => self.chunk(line),
                        _ => self.trailer(line),
                    };
                    match step {
                        Ok(Some(state)) => self.state = state,
                        Ok(None) => return Decoded::Complete(at),
                        Err(decoded) => return decoded,
                    }
                }
            }
        }
    }

    /// A chunk's first line.
    fn chunk(&mut self, line: &[u8]) -> Result<Option<State>, Decoded> {
        let line = match self.padded {
            true => line.trim_ascii_end(),
            false => line,
        };
        let (size, extensions) = size(line).ok_or(Decoded::Malformed)?;
        self.extensions += extensions;
        if self.extensions > MAX_EXTENSIONS {
            return Err(Decoded::Malformed);
        }
        match size {
            0 => Ok(Some(State::Trailers)),
            _ if size > self.limit.saturating_sub(self.body.len() as u64) => Err(Decoded::TooLarge),
            _ => Ok(Some(State::Data(size))),
        }
    }

    /// A trailer is checked and dropped (RFC 9110, section 6.5.1); nothing after the last.
    fn trailer(&mut self, line: &[u8]) -> Result<Option<State>, Decoded> {
        self.trailers += line.len() + 2;
        match line {
            [] => Ok(None),
            _ if self.trailers > MAX_TRAILERS => Err(Decoded::TooManyTrailers),
            line if is_field(line) => Ok(Some(State::Trailers)),
            _ => Err(Decoded::Malformed),
        }
    }
}

/// The line before CR LF; an error for a bare CR or LF or a line that is too long.
fn line(input: &[u8]) -> Result<Option<&[u8]>, ()> {
    let Some(end) = memchr::memchr2(b'\r', b'\n', input) else {
        return if input.len() > MAX_LINE {
            Err(())
        } else {
            Ok(None)
        };
    };
    match &input[end..] {
        _ if end > MAX_LINE => Err(()),
        [b'\r', b'\n', ..] => Ok(Some(&input[..end])),
        [b'\r'] => Ok(None),
        _ => Err(()),
    }
}

/// `1*HEXDIG [ chunk-ext ]`: the number, which fits however many zeros it begins with, and
/// the bytes of the extensions.
fn size(line: &[u8]) -> Option<(u64, usize)> {
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    if digits == 0 || digits > 15 || !is_extension(&line[digits..]) {
        return None;
    }
    let text = std::str::from_utf8(&line[..digits]).ok()?;
    let size = u64::from_str_radix(text, 16).ok()?;
    Some((size, line.len() - digits))
}

/// `*( BWS ";" BWS name [ BWS "=" BWS value ] )`, where a value is a token or quoted.
fn is_extension(mut rest: &[u8]) -> bool {
    let blank = |text: &[u8]| {
        text.iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count()
    };
    let token = |text: &[u8]| text.iter().take_while(|b| is_token(**b)).count();
    while !rest.is_empty() {
        rest = &rest[blank(rest)..];
        let Some(after) = rest.strip_prefix(b";") else {
            return false;
        };
        rest = &after[blank(after)..];
        let name = token(rest);
        if name == 0 {
            return false;
        }
        rest = &rest[name..];
        let after_name = &rest[blank(rest)..];
        if let Some(value) = after_name.strip_prefix(b"=") {
            let value = &value[blank(value)..];
            let length = match value.first() {
                Some(b'"') => quoted(value),
                _ => token(value),
            };
            if length == 0 {
                return false;
            }
            rest = &value[length..];
        }
    }
    true
}

/// The length of a quoted string; 0 where it has no end or holds control bytes.
fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' if text.get(at + 1).is_some_and(is_visible) => at += 2,
            b'\\' => return 0,
            byte if is_visible(&byte) => at += 1,
            _ => return 0,
        }
    }
    0
}

/// `HTAB / SP / VCHAR / obs-text`
fn is_visible(byte: &u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

fn is_field(line: &[u8]) -> bool {
    let name = line.iter().take_while(|b| is_token(**b)).count();
    name > 0 && line.get(name) == Some(&b':') && line[name..].iter().all(is_visible)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(input: &str, limit: u64) -> (Decoded, String) {
        let mut decoder = ChunkedDecoder::of_request(limit);
        let decoded = decoder.decode(input.as_bytes());
        (decoded, String::from_utf8(decoder.body).unwrap())
    }

    #[test]
    fn bodies() {
        let body = "5\r\nhello\r\n6;a=b;c=\"d e\"\r\n world\r\n0\r\nx: y\r\n\r\n";
        let complete = (Decoded::Complete(body.len()), "hello world".to_owned());
        assert_eq!(whole(body, 11), complete);
        assert_eq!(whole(body, 10).0, Decoded::TooLarge);
        // In pieces of one byte, as in one.
        let mut decoder = ChunkedDecoder::of_request(11);
        let mut rest = Vec::new();
        for (at, byte) in body.bytes().enumerate() {
            rest.push(byte);
            match decoder.decode(&rest) {
                Decoded::Partial(taken) => drop(rest.drain(..taken)),
                Decoded::Complete(_) => assert_eq!(at + 1, body.len()),
                other => panic!("{other:?} at {at}"),
            }
        }
        assert_eq!(decoder.body, b"hello world");
    }

    #[cfg(feature = "client")]
    #[test]
    fn blanks_after_the_size() {
        let mut decoder = ChunkedDecoder::of_answer();
        let body = b"5  \r\nhello\r\n0 \r\n\r\n";
        assert_eq!(decoder.decode(body), Decoded::Complete(body.len()));
        assert_eq!(decoder.body, b"hello");
    }

    #[test]
    fn malformed_bodies() {
        for body in [
            "\r\n",
            "g\r\n",
            "5 \r\nhello",
            "5;\r\nhello",
            "5;a=\r\nhello",
            "5\nhello",
            "-1\r\n",
            "0x5\r\nhello",
            "1\r\nab\r\n",
            "1\r\na\n",
            "0\r\nbad\r\n\r\n",
            "0\r\n a: b\r\n\r\n",
            "1000000000000000\r\n",
            "5;a=\"b\r\nhello",
            "5;a=\"b\\\u{0}\"\r\nhello",
            "5;a=\"b\\\r\nhello",
            "5;a=b;\r\nhello",
            "5 a\r\nhello",
            "5,5\r\nhello",
            "+5\r\nhello",
            "0000000000000005\r\nhello",
            "ffffffffffffffffffff\r\n",
            "0\r\na : b\r\n\r\n",
            "0\r\na: b\u{0}\r\n\r\n",
            "0\r\na: b\r\n c\r\n\r\n",
            "0\r\na: b\n\r\n",
        ] {
            assert_eq!(whole(body, 1000).0, Decoded::Malformed, "{body:?}");
        }
    }

    #[test]
    fn what_stands_around_the_data_has_limits() {
        let extension = format!("1;{}\r\na\r\n", "e".repeat(4000));
        assert_eq!(whole(&extension.repeat(4), 1000).1, "aaaa");
        assert_eq!(whole(&extension.repeat(5), 1000).0, Decoded::Malformed);
        let long = format!("1;{}\r\na\r\n", "e".repeat(5000));
        assert_eq!(whole(&long, 1000).0, Decoded::Malformed);
        let trailer = format!("a: {}\r\n", "b".repeat(4000));
        let trailers = |count| format!("0\r\n{}\r\n", trailer.repeat(count));
        let four = trailers(4);
        assert_eq!(whole(&four, 1000).0, Decoded::Complete(four.len()));
        assert_eq!(whole(&trailers(5), 1000).0, Decoded::TooManyTrailers);
    }
}
