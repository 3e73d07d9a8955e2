//! What PostgreSQL's scanner (`scan.l`, and the filter in `parser.c`) makes of a text.

use super::tables::{Symbol, Tables, UNDEFINED};
use super::wrong::{What, Wrong};

/// A token, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Lexed {
    pub(super) symbol: Symbol,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// All tokens of a text.
pub(super) fn tokens(tables: &Tables, sql: &str) -> Result<Vec<Lexed>, Wrong> {
    let mut lexer = Lexer {
        tables,
        bytes: sql.as_bytes(),
        at: 0,
    };
    let mut found = Vec::new();
    loop {
        lexer.space()?;
        let start = lexer.at;
        if start == lexer.bytes.len() {
            break;
        }
        let name = lexer.token()?;
        let symbol = match name {
            Name::Symbol(symbol) => symbol,
            Name::Of(name) => tables.symbol(name),
            Name::Character(byte) => tables.symbol(&format!("'{}'", char::from(byte))),
        };
        found.push(Lexed {
            symbol,
            start,
            end: lexer.at,
        });
    }
    Ok(looked_ahead(tables, found))
}

/// What a token is.
enum Name {
    Of(&'static str),
    Character(u8),
    Symbol(Symbol),
}

struct Lexer<'t> {
    tables: &'t Tables,
    bytes: &'t [u8],
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip(&mut self, is: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|byte| is(*byte)) {
            self.at += 1;
        }
    }

    fn no_word<T>(at: usize, said: &'static str) -> Result<T, Wrong> {
        let what = What::NoWord(said);
        Err(Wrong { at, what })
    }

    /// White space and comments.
    fn space(&mut self) -> Result<(), Wrong> {
        loop {
            self.skip(is_space);
            match (self.peek(0), self.peek(1)) {
                (b'-', b'-') => self.skip(|byte| !is_newline(byte)),
                (b'/', b'*') => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// It may hold others.
    fn comment(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        let mut depth = 0;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => depth += 1,
                (b'*', b'/') => depth -= 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return Ok(());
            }
        }
        Self::no_word(start, "a comment that has no end")
    }

    fn token(&mut self) -> Result<Name, Wrong> {
        let (first, second, third) = (self.peek(0), self.peek(1), self.peek(2));
        match (first.to_ascii_lowercase(), second, third) {
            (b'\'', ..) => self.text(0, false, "SCONST"),
            (b'e', b'\'', _) => self.text(1, true, "SCONST"),
            (b'b', b'\'', _) => self.text(1, false, "BCONST"),
            (b'x', b'\'', _) => self.text(1, false, "XCONST"),
            // A keyword, and behind it a text.
            (b'n', b'\'', _) => {
                self.at += 1;
                Ok(Name::Of("NCHAR"))
            }
            (b'u', b'&', b'\'') => self.text(2, false, "USCONST"),
            (b'u', b'&', b'"') => self.name(2, "UIDENT"),
            (b'"', ..) => self.name(0, "IDENT"),
            (b'$', ..) => self.dollar(),
            (b'.', b'0'..=b'9', _) | (b'0'..=b'9', ..) => self.number(),
            _ if is_first(first) => Ok(self.word()),
            (b':', b':', _) => Ok(self.taken(2, "TYPECAST")),
            (b':', b'=', _) => Ok(self.taken(2, "COLON_EQUALS")),
            (b'.', b'.', _) => Ok(self.taken(2, "DOT_DOT")),
            _ if is_operator(first) => Ok(self.operator()),
            _ => {
                self.at += 1;
                Ok(Name::Character(first))
            }
        }
    }

    fn taken(&mut self, count: usize, name: &'static str) -> Name {
        self.at += count;
        Name::Of(name)
    }

    fn word(&mut self) -> Name {
        let start = self.at;
        self.skip(is_name);
        let word = String::from_utf8_lossy(&self.bytes[start..self.at]).to_ascii_lowercase();
        match self.tables.keywords.get(&*word) {
            Some(keyword) => Name::Symbol(*keyword),
            None => Name::Of("IDENT"),
        }
    }

    /// A text in quotes, also one that goes on in another line in quotes of its own.
    fn text(&mut self, before: usize, escapes: bool, name: &'static str) -> Result<Name, Wrong> {
        let start = self.at;
        self.at += before + 1;
        loop {
            match self.bytes.get(self.at) {
                None => return Self::no_word(start, "a text that has no end"),
                Some(b'\\') if escapes => self.at += 2,
                Some(b'\'') if self.peek(1) == b'\'' => self.at += 2,
                Some(b'\'') => {
                    self.at += 1;
                    match self.goes_on() {
                        Some(at) => self.at = at,
                        None => return Ok(Name::Of(name)),
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// The byte behind the quote with which a text goes on in another line.
    fn goes_on(&self) -> Option<usize> {
        let mut at = self.at;
        let mut lines = false;
        loop {
            match (self.bytes.get(at)?, self.bytes.get(at + 1)) {
                (b'\'', _) => return lines.then_some(at + 1),
                (b'-', Some(b'-')) => {
                    let rest = self.bytes[at..].iter();
                    at += rest.take_while(|byte| !is_newline(**byte)).count();
                }
                (byte, _) if is_space(*byte) => {
                    lines |= is_newline(*byte);
                    at += 1;
                }
                _ => return None,
            }
        }
    }

    fn name(&mut self, before: usize, name: &'static str) -> Result<Name, Wrong> {
        let start = self.at;
        self.at += before + 1;
        let inner = self.at;
        loop {
            match (self.bytes.get(self.at), self.peek(1)) {
                (None, _) => return Self::no_word(start, "a quoted name that has no end"),
                (Some(b'"'), b'"') => self.at += 2,
                (Some(b'"'), _) if self.at == inner => {
                    return Self::no_word(start, "a quoted name without a letter");
                }
                (Some(b'"'), _) => {
                    self.at += 1;
                    return Ok(Name::Of(name));
                }
                _ => self.at += 1,
            }
        }
    }

    /// `$1`, or a text between `$tag$`.
    fn dollar(&mut self) -> Result<Name, Wrong> {
        let start = self.at;
        self.at += 1;
        if self.peek(0).is_ascii_digit() {
            self.skip(|byte| byte.is_ascii_digit());
            return match is_first(self.peek(0)) {
                true => Self::no_word(start, "a letter that follows a parameter"),
                false => Ok(Name::Of("PARAM")),
            };
        }
        if is_first(self.peek(0)) {
            self.skip(|byte| is_name(byte) && byte != b'$');
        }
        if self.peek(0) != b'$' {
            self.at = start + 1;
            return Ok(Name::Symbol(UNDEFINED));
        }
        self.at += 1;
        let tag = &self.bytes[start..self.at];
        let found = self.bytes[self.at..]
            .windows(tag.len())
            .position(|part| part == tag);
        match found {
            Some(found) => {
                self.at += found + tag.len();
                Ok(Name::Of("SCONST"))
            }
            None => Self::no_word(start, "a text that has no end"),
        }
    }

    /// Digits, with underscores between them.
    fn digits(&mut self, is: impl Fn(u8) -> bool) -> bool {
        let start = self.at;
        while is(self.peek(0)) || self.at > start && self.peek(0) == b'_' && is(self.peek(1)) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Result<Name, Wrong> {
        let start = self.at;
        let is_digit = |byte: u8| byte.is_ascii_digit();
        let mut whole = true;
        let base = match self.peek(0) {
            b'0' => self.peek(1).to_ascii_lowercase(),
            _ => 0,
        };
        if matches!(base, b'x' | b'o' | b'b') {
            self.at += 2;
            // `0x_1f` is one as well.
            self.at += usize::from(self.peek(0) == b'_');
            let found = match base {
                b'x' => self.digits(|byte| byte.is_ascii_hexdigit()),
                b'o' => self.digits(|byte| matches!(byte, b'0'..=b'7')),
                _ => self.digits(|byte| matches!(byte, b'0' | b'1')),
            };
            if !found {
                return Self::no_word(start, "a number that is not whole");
            }
        } else {
            self.digits(is_digit);
            // `1..10` is two numbers.
            if self.peek(0) == b'.' && self.peek(1) != b'.' {
                whole = false;
                self.at += 1;
                self.digits(is_digit);
            }
            if matches!(self.peek(0), b'e' | b'E') {
                let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
                if is_digit(self.peek(1 + sign)) {
                    whole = false;
                    self.at += 1 + sign;
                    self.digits(is_digit);
                }
            }
        }
        if is_first(self.peek(0)) || self.peek(0).is_ascii_digit() {
            return Self::no_word(start, "a letter that follows a number");
        }
        let digits: String = self.bytes[start..self.at]
            .iter()
            .filter(|byte| **byte != b'_')
            .map(|byte| char::from(*byte))
            .collect();
        let value = match base {
            b'x' => i64::from_str_radix(&digits[2..], 16),
            b'o' => i64::from_str_radix(&digits[2..], 8),
            b'b' => i64::from_str_radix(&digits[2..], 2),
            _ => digits.parse(),
        };
        let small = value.is_ok_and(|value| value <= i64::from(i32::MAX));
        Ok(Name::Of(match whole && small {
            true => "ICONST",
            false => "FCONST",
        }))
    }

    fn operator(&mut self) -> Name {
        let rest = &self.bytes[self.at..];
        let mut count = rest.iter().take_while(|byte| is_operator(**byte)).count();
        let comment =
            (1..count).find(|at| rest[*at..].starts_with(b"/*") || rest[*at..].starts_with(b"--"));
        count = comment.unwrap_or(count);
        // `=-` is two operators, `?-` is one.
        let is_odd = |byte: &u8| b"~!@#^&|`?%".contains(byte);
        while count > 1
            && matches!(rest[count - 1], b'+' | b'-')
            && !rest[..count - 1].iter().any(is_odd)
        {
            count -= 1;
        }
        self.at += count;
        match &rest[..count] {
            [byte] if b"+-*/%^<>=".contains(byte) => Name::Character(*byte),
            b"=>" => Name::Of("EQUALS_GREATER"),
            b"<=" => Name::Of("LESS_EQUALS"),
            b">=" => Name::Of("GREATER_EQUALS"),
            b"<>" | b"!=" => Name::Of("NOT_EQUALS"),
            _ => Name::Of("Op"),
        }
    }
}

/// Words that are others before some: the grammar looks at one token alone.
fn looked_ahead(tables: &Tables, tokens: Vec<Lexed>) -> Vec<Lexed> {
    let mut found: Vec<Lexed> = Vec::with_capacity(tokens.len());
    let name =
        |token: Option<&Lexed>| token.map_or("", |token| tables.names[usize::from(token.symbol)]);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let mut token = token.clone();
        let next = name(tokens.get(at + 1));
        let other = match (name(Some(&token)), next) {
            ("FORMAT", "JSON") => "FORMAT_LA",
            ("NOT", "BETWEEN" | "IN_P" | "LIKE" | "ILIKE" | "SIMILAR") => "NOT_LA",
            ("NULLS_P", "FIRST_P" | "LAST_P") => "NULLS_LA",
            ("WITH", "TIME" | "ORDINALITY") => "WITH_LA",
            ("WITHOUT", "TIME") => "WITHOUT_LA",
            ("UIDENT", _) => "IDENT",
            ("USCONST", _) => "SCONST",
            _ => "",
        };
        if matches!(other, "IDENT" | "SCONST")
            && let [_, _, character, ..] = &tokens[at..]
            && (next, name(Some(character))) == ("UESCAPE", "SCONST")
        {
            token.end = character.end;
            at += 2;
        }
        if !other.is_empty() {
            token.symbol = tables.symbol(other);
        }
        found.push(token);
        at += 1;
    }
    found
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_first(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    is_first(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn is_operator(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}
