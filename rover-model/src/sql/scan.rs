//! The words, quoted texts and comments of SQL, as far as they must be told apart.

/// What stands at one place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword.
    Word,
    /// A text, a quoted name or a comment.
    Closed,
    /// A text, a quoted name or a comment that has no end.
    Unclosed(&'static str),
    /// `$1`
    Numbered(u32),
    /// `$1...`
    Spread(u32),
    /// `:name`
    Named,
    /// `?`, `?1`, `@name`: places as others write them.
    Foreign,
    /// `;`
    End,
    /// White space.
    Space,
    /// Anything else, one character or the two of `::`.
    Other,
}

/// Goes through a text: each token with the bytes that it takes.
#[derive(Clone, Debug)]
pub struct Scan<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Scan<'t> {
    /// From the first byte on.
    pub fn new(text: &'t [u8]) -> Self {
        Scan { text, at: 0 }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Goes on while the bytes are such.
    fn skip(&mut self, is: impl Fn(u8) -> bool) {
        while self.at < self.text.len() && is(self.text[self.at]) {
            self.at += 1;
        }
    }

    /// Goes behind the next place where a text stands; to the end where there is none.
    fn skip_to(&mut self, end: &[u8]) -> bool {
        let rest = &self.text[self.at..];
        let found = rest.windows(end.len()).position(|part| part == end);
        self.at = found.map_or(self.text.len(), |found| self.at + found + end.len());
        found.is_some()
    }

    fn token(&mut self) -> Token {
        let first = self.peek(0);
        self.at += 1;
        match first {
            b'\'' => {
                // `E'it\'s'` is PostgreSQL's. Only its own letter makes a backslash special.
                let before = self.at.checked_sub(2).map(|at| self.text[at]);
                let escapes = matches!(before, Some(b'e' | b'E')) && !self.is_inside_word();
                self.quoted(b'\'', escapes, "text")
            }
            b'"' | b'`' => self.quoted(first, false, "quoted name"),
            b'[' if self.is_bracketed_name() => self.closed(b"]", "quoted name"),
            b'-' if self.peek(0) == b'-' => {
                self.skip_to(b"\n");
                Token::Closed
            }
            b'/' if self.peek(0) == b'*' => self.comment(),
            b'$' => self.dollar(),
            b':' if self.peek(0) == b':' => {
                self.at += 1;
                Token::Other
            }
            b':' if is_first(self.peek(0)) => {
                self.skip(is_name);
                Token::Named
            }
            b'?' => {
                self.skip(|byte| byte.is_ascii_digit());
                Token::Foreign
            }
            b'@' if is_first(self.peek(0)) => {
                self.skip(is_name);
                Token::Foreign
            }
            b';' => Token::End,
            byte if byte.is_ascii_whitespace() => {
                self.skip(|byte| byte.is_ascii_whitespace());
                Token::Space
            }
            byte if is_first(byte) => {
                self.skip(is_name);
                Token::Word
            }
            byte if byte.is_ascii_digit() => {
                // `1e5` and `0x10` are no names.
                self.skip(|byte| is_name(byte) || byte == b'.');
                Token::Other
            }
            _ => Token::Other,
        }
    }

    /// Whether the letter before a quote ends a longer word.
    fn is_inside_word(&self) -> bool {
        let before = self.at.checked_sub(3).map(|at| self.text[at]);
        before.is_some_and(is_name)
    }

    /// `[order]` is a name in SQLite; `a[1]` and `array[$1]` are PostgreSQL's.
    fn is_bracketed_name(&self) -> bool {
        let before = self.at.checked_sub(2).map(|at| self.text[at]);
        is_first(self.peek(0)) && !before.is_some_and(|byte| is_name(byte) || byte == b']')
    }

    fn quoted(&mut self, quote: u8, escapes: bool, what: &'static str) -> Token {
        while self.at < self.text.len() {
            let byte = self.text[self.at];
            self.at += 1;
            if byte == b'\\' && escapes {
                self.at += 1;
            } else if byte == quote {
                if self.peek(0) != quote {
                    return Token::Closed;
                }
                self.at += 1;
            }
        }
        self.at = self.text.len();
        Token::Unclosed(what)
    }

    fn closed(&mut self, end: &[u8], what: &'static str) -> Token {
        match self.skip_to(end) {
            true => Token::Closed,
            false => Token::Unclosed(what),
        }
    }

    /// A comment may hold others in PostgreSQL.
    fn comment(&mut self) -> Token {
        let mut depth = 1;
        self.at += 1;
        while self.at < self.text.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return Token::Closed;
                    }
                }
                _ => self.at += 1,
            }
        }
        Token::Unclosed("comment")
    }

    /// `$1`, `$1...`, or a text in `$tag$ ... $tag$`.
    fn dollar(&mut self) -> Token {
        let start = self.at;
        if self.peek(0).is_ascii_digit() {
            self.skip(|byte| byte.is_ascii_digit());
            let digits = std::str::from_utf8(&self.text[start..self.at]);
            let number = digits.ok().and_then(|digits| digits.parse().ok());
            let number = number.unwrap_or(u32::MAX);
            if self.text[self.at..].starts_with(b"...") {
                self.at += 3;
                return Token::Spread(number);
            }
            return Token::Numbered(number);
        }
        if !(is_first(self.peek(0)) || self.peek(0) == b'$') {
            return Token::Other;
        }
        self.skip(|byte| is_name(byte) && byte != b'$');
        if self.peek(0) != b'$' {
            return Token::Foreign;
        }
        self.at += 1;
        let tag = self.text[start - 1..self.at].to_vec();
        self.closed(&tag, "text")
    }
}

impl Iterator for Scan<'_> {
    type Item = (Token, usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let token = self.token();
        self.at = self.at.min(self.text.len());
        Some((token, start, self.at))
    }
}

fn is_first(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    is_first(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// The statements of a text with several, each with the `;` behind it.
pub fn statements(text: &str) -> impl Iterator<Item = &str> {
    let tokens = Scan::new(text.as_bytes());
    let ends = tokens
        .filter(|(token, ..)| *token == Token::End)
        .map(|(.., end)| end);
    let mut start = 0;
    ends.chain([text.len()]).map(move |end| {
        let statement = &text[start..end];
        start = end;
        statement
    })
}
