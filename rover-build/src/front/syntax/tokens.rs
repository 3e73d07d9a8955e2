//! The words of a text that Lua refuses: a lexer that never fails.

/// A word of a text, with its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Keyword,
    Number,
    Text,
    Operator,
    /// A character that Lua does not have outside of strings.
    Foreign,
    /// A string, a long string or a long comment that nothing ends.
    Unfinished(&'static str),
    /// A comment of another language: `//` and `/*`.
    ForeignComment,
}

/// `goto` is a name wherever LuaJIT can take it for one.
const KEYWORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// The longest first.
const OPERATORS: [&str; 25] = [
    "...", "..", "==", "~=", "<=", ">=", "::", "+", "-", "*", "/", "%", "^", "#", "<", ">", "=",
    "(", ")", "{", "}", "[", "]", ";", ":",
];

/// Characters that stand in texts from word processors. LuaJIT would take them for letters.
const TYPOGRAPHIC: [char; 6] = ['“', '”', '‘', '’', '\u{a0}', '\u{200b}'];

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = match text.starts_with("#!") {
        true => text.find('\n').unwrap_or(text.len()),
        false => 0,
    };
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_ascii_whitespace() || first == '\u{feff}' {
            at += first.len_utf8();
            continue;
        }
        if let Some(comment) = rest.strip_prefix("--") {
            match long(comment) {
                Some(Ok(length)) => at += 2 + length,
                Some(Err(())) => {
                    found.push(token(at, text.len(), Kind::Unfinished("comment")));
                    at = text.len();
                }
                None => at += line(rest),
            }
            continue;
        }
        let (kind, length) = word(rest, first);
        found.push(token(at, at + length, kind));
        at += length;
    }
    found
}

fn token(start: usize, end: usize, kind: Kind) -> Token {
    Token { start, end, kind }
}

fn word(rest: &str, first: char) -> (Kind, usize) {
    match first {
        '"' | '\'' => match quoted(rest) {
            Ok(length) => (Kind::Text, length),
            Err(length) => (Kind::Unfinished("string"), length),
        },
        '[' => match long(rest) {
            Some(Ok(length)) => (Kind::Text, length),
            Some(Err(())) => (Kind::Unfinished("long string"), rest.len()),
            None => (Kind::Operator, 1),
        },
        '/' if rest.starts_with("//") => (Kind::ForeignComment, line(rest)),
        '/' if rest.starts_with("/*") => {
            let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
            (Kind::ForeignComment, end)
        }
        '0'..='9' => (Kind::Number, number(rest)),
        '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => (Kind::Number, number(rest)),
        '.' | ',' if !rest.starts_with("..") => (Kind::Operator, 1),
        _ if is_letter(first) => {
            let end = rest.find(|c: char| !(is_letter(c) || c.is_ascii_digit()));
            let length = end.unwrap_or(rest.len());
            match KEYWORDS.contains(&&rest[..length]) {
                true => (Kind::Keyword, length),
                false => (Kind::Name, length),
            }
        }
        _ => match OPERATORS.iter().find(|o| rest.starts_with(**o)) {
            Some(operator) => (Kind::Operator, operator.len()),
            None => (Kind::Foreign, first.len_utf8()),
        },
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && !TYPOGRAPHIC.contains(&c))
}

/// The bytes up to the end of the line.
fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut end = 1;
    while let Some(byte) = bytes.get(end) {
        let signed = matches!(byte, b'+' | b'-')
            && matches!(bytes[end - 1], b'e' | b'E' | b'p' | b'P')
            && !(rest.starts_with("0x") && matches!(bytes[end - 1], b'e' | b'E'));
        let more =
            byte.is_ascii_alphanumeric() || (*byte == b'.' && bytes.get(end + 1) != Some(&b'.'));
        if !(more || signed) {
            break;
        }
        end += 1;
    }
    end
}

/// The bytes of a string; of one without an end, those of its line.
fn quoted(rest: &str) -> Result<usize, usize> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            // A line break may be escaped, and `\z` takes all blanks that follow.
            b'\\' if bytes.get(at + 1) == Some(&b'z') => {
                let blanks = bytes[at + 2..].iter();
                at += 1 + blanks.take_while(|b| b.is_ascii_whitespace()).count();
            }
            b'\\' => at += usize::from(bytes[at + 1..].starts_with(b"\r\n")) + 1,
            b'\n' => return Err(at),
            byte if byte == bytes[0] => return Ok(at + 1),
            _ => {}
        }
        at += 1;
    }
    Err(bytes.len())
}

/// The bytes of a long bracket that begins here, if one does.
fn long(rest: &str) -> Option<Result<usize, ()>> {
    let level = rest.strip_prefix('[')?;
    let level = level.len() - level.trim_start_matches('=').len();
    if rest.as_bytes().get(level + 1) != Some(&b'[') {
        return None;
    }
    let close = format!("]{}]", "=".repeat(level));
    let end = rest.find(&close).map(|at| at + close.len());
    Some(end.ok_or(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_text() {
        let words = |text: &'static str| -> Vec<(&str, Kind)> {
            let found = tokens(text).into_iter();
            found.map(|t| (&text[t.start..t.end], t.kind)).collect()
        };
        use Kind::{Foreign, ForeignComment, Keyword, Name, Number, Operator, Text, Unfinished};
        assert_eq!(
            words("local a=1e-3..'\\'' -- c\nx~=[==[]]]==]"),
            [
                ("local", Keyword),
                ("a", Name),
                ("=", Operator),
                ("1e-3", Number),
                ("..", Operator),
                ("'\\''", Text),
                ("x", Name),
                ("~=", Operator),
                ("[==[]]]==]", Text),
            ]
        );
        assert_eq!(
            words("a != 1..2 // b"),
            [
                ("a", Name),
                ("!", Foreign),
                ("=", Operator),
                ("1", Number),
                ("..", Operator),
                ("2", Number),
                ("// b", ForeignComment),
            ]
        );
        assert_eq!(words("'a\\\nb'"), [("'a\\\nb'", Text)]);
        assert_eq!(words("'a\n"), [("'a", Unfinished("string"))]);
        assert_eq!(words("--[[ a"), [("--[[ a", Unfinished("comment"))]);
        assert_eq!(
            words("a.b.größe"),
            [
                ("a", Name),
                (".", Operator),
                ("b", Name),
                (".", Operator),
                ("größe", Name)
            ]
        );
    }
}
