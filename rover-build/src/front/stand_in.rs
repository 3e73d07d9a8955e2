//! What the parser reads in place of a program's text: as long, with every token in its place,
//! but without what full_moon does not know and LuaJIT does. Names, numbers and strings
//! are then taken from the program's text.

use std::borrow::Cow;

/// A text's stand-in: itself, where the parser knows all of it.
pub(crate) fn stand_in(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let tokens = tokens(bytes);
    let mut out: Option<Vec<u8>> = None;
    let mut parameters = false;
    for (number, token) in tokens.iter().enumerate() {
        let written = &bytes[token.start..token.end];
        parameters |= written == b"function";
        let before = match number.checked_sub(1).map(|at| &tokens[at]) {
            None => b"",
            Some(before) => &bytes[before.start..before.end],
        };
        let mut after = tokens[number + 1..].iter();
        let after = after.find(|token| &bytes[token.start..token.end] != b";");
        let after = after.map_or(&b""[..], |after| &bytes[after.start..after.end]);
        let opened = parameters && before == b")";
        let stand_in = match token.kind {
            Kind::Name => name(text, token),
            Kind::Number => number_like(written),
            Kind::Text => text_like(written),
            Kind::Odd => Some(vec![b' ']),
            Kind::Other => match written {
                b";" if opened || begins_block(before) => Some(vec![b' ']),
                _ => None,
            },
        };
        // It need not be the last statement of its block.
        let stand_in = match written {
            b"break" if token.kind == Kind::Name && before != b"." && !ends_block(after) => {
                Some(vec![b' '; 5])
            }
            _ => stand_in,
        };
        parameters &= !opened;
        if let Some(stand_in) = stand_in {
            let out = out.get_or_insert_with(|| bytes.to_vec());
            out[token.start..token.end].copy_from_slice(&stand_in);
        }
    }
    match out.map(String::from_utf8) {
        Some(Ok(out)) => Cow::Owned(out),
        _ => Cow::Borrowed(text),
    }
}

/// Whether what follows a token is a statement, so that a semicolon there is an empty one.
fn begins_block(token: &[u8]) -> bool {
    matches!(
        token,
        b"" | b";" | b"then" | b"do" | b"else" | b"repeat" | b"break" | b"::"
    )
}

fn ends_block(token: &[u8]) -> bool {
    matches!(token, b"" | b"end" | b"else" | b"elseif" | b"until")
}

/// LuaJIT's names have bytes above 127 (`lj_char.c`). A quotation mark or a space that is
/// not Lua's is a slip, and remains one.
fn name(text: &str, token: &Token) -> Option<Vec<u8>> {
    let written = text.get(token.start..token.end)?;
    let odd = |c: char| {
        !c.is_ascii()
            && !c.is_alphanumeric()
            && !matches!(c, '\u{300}'..='\u{36f}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..)
    };
    if written.is_ascii() || written.chars().any(odd) {
        return None;
    }
    let bytes = written.bytes().map(|b| if b.is_ascii() { b } else { b'_' });
    Some(bytes.collect())
}

/// Floating point numbers in base 16, those in base 2, and those of the FFI.
fn number_like(written: &[u8]) -> Option<Vec<u8>> {
    let plain = written.iter().all(|b| b.is_ascii_digit());
    (!plain && is_number(written)).then(|| vec![b'1'; written.len()])
}

fn is_number(written: &[u8]) -> bool {
    let lower = written.to_ascii_lowercase();
    let (number, whole) = [&b"ull"[..], b"ll"]
        .iter()
        .find_map(|suffix| Some((lower.strip_suffix(*suffix)?, true)))
        .or_else(|| Some((lower.strip_suffix(b"i")?, false)))
        .unwrap_or((&lower, false));
    let (digits, exponent, is_digit): (_, _, fn(&u8) -> bool) = match number {
        [b'0', b'x', hex @ ..] => (hex, b'p', u8::is_ascii_hexdigit),
        [b'0', b'b', binary @ ..] => (binary, 0, |b| matches!(b, b'0' | b'1')),
        _ => (number, b'e', u8::is_ascii_digit),
    };
    let (digits, power) = match digits.iter().position(|b| *b == exponent) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits, None),
    };
    let power = power.map(|power| {
        power
            .strip_prefix(b"-")
            .or(power.strip_prefix(b"+"))
            .unwrap_or(power)
    });
    let points = digits.iter().filter(|b| **b == b'.').count();
    let fraction = points > 0 || power.is_some();
    digits.iter().all(|b| *b == b'.' || is_digit(b))
        && digits.len() > points
        && points <= 1
        && power.is_none_or(|power| !power.is_empty() && power.iter().all(u8::is_ascii_digit))
        && !(whole && fraction)
}

/// A string in quotes that has line breaks.
fn text_like(written: &[u8]) -> Option<Vec<u8>> {
    let lines = written.iter().filter(|b| **b == b'\n').count();
    if lines == 0 || written.len() < lines + 4 || written[0] == b'[' {
        return None;
    }
    let mut out = b"[[".to_vec();
    out.resize(2 + lines, b'\n');
    out.resize(written.len() - 2, b' ');
    out.extend_from_slice(b"]]");
    Some(out)
}

struct Token {
    start: usize,
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Names and keywords.
    Name,
    Number,
    Text,
    /// White space that the parser does not know.
    Odd,
    Other,
}

/// The tokens of a text, without spaces and comments (LuaJIT's `lex_scan`).
fn tokens(text: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (length, kind) = match rest {
            [b' ' | b'\t' | b'\n' | b'\r', ..] => {
                at += 1;
                continue;
            }
            [b'-', b'-', comment @ ..] => {
                let line = rest.iter().position(|b| *b == b'\n');
                let line = line.unwrap_or(rest.len());
                at += long_bracket(comment).map_or(line, |length| 2 + length);
                continue;
            }
            [11 | 12, ..] => (1, Kind::Odd),
            [b'[', ..] => match long_bracket(rest) {
                Some(length) => (length, Kind::Text),
                None => (1, Kind::Other),
            },
            [b'"' | b'\'', ..] => (quoted(rest), Kind::Text),
            [b'.', b'.', b'.', ..] => (3, Kind::Other),
            [b'.', b'.', ..] | [b':', b':', ..] => (2, Kind::Other),
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => (number(rest), Kind::Number),
            [first, ..] if is_word(*first) => {
                let length = rest.iter().position(|b| !is_word(*b));
                (length.unwrap_or(rest.len()), Kind::Name)
            }
            _ => (1, Kind::Other),
        };
        let end = at + length;
        tokens.push(Token {
            start: at,
            end,
            kind,
        });
        at = end;
    }
    tokens
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of a number: all that could belong to one (`lex_number`).
fn number(text: &[u8]) -> usize {
    let hex = matches!(text, [b'0', b'x' | b'X', ..]);
    let exponent = if hex { b'p' } else { b'e' };
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        let sign = matches!(byte, b'+' | b'-') && text[at - 1].to_ascii_lowercase() == exponent;
        if !(is_word(*byte) || *byte == b'.' || sign) {
            break;
        }
        at += 1;
    }
    at
}

/// The length of `[==[ ... ]==]`, if one begins here.
fn long_bracket(text: &[u8]) -> Option<usize> {
    let level = text.iter().skip(1).take_while(|b| **b == b'=').count();
    if text.first() != Some(&b'[') || text.get(level + 1) != Some(&b'[') {
        return None;
    }
    let mut close = vec![b'='; level + 2];
    (close[0], close[level + 1]) = (b']', b']');
    let inner = level + 2;
    let found = text[inner..].windows(close.len()).position(|w| w == close);
    Some(found.map_or(text.len(), |at| inner + at + close.len()))
}

/// The length of a string in quotes.
fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != text[0] {
        at += match &text[at..] {
            [b'\\', b'\r', b'\n', ..] => 3,
            // White space is passed over, line breaks too.
            [b'\\', b'z', rest @ ..] => {
                2 + rest
                    .iter()
                    .take_while(|b| b.is_ascii_whitespace() || **b == 11)
                    .count()
            }
            [b'\\', _, ..] => 2,
            // It does not end.
            [b'\n', ..] => return at,
            _ => 1,
        };
    }
    (at + 1).min(text.len())
}

#[cfg(test)]
mod tests {
    use crate::front::resolve::resolve;
    use crate::front::syntax::{Encoding, parse};

    /// What LuaJIT takes is read, with every name in its place, and what it does not take is not.
    #[test]
    fn what_luajit_takes_is_taken() {
        let lua = mlua::Lua::new();
        for text in [
            "local größe, 値 = 1, 2 return größe",
            "return 0x1.8p3, 0x.8p-3, 0xA., 0X1P+4, 0x1p4",
            "return 1LL, 2ull, 3i, 0x1ULL, 1.5I, 0b101, 1e+5, .5e-1, 3.e2, 3 ..4",
            "return 'a\\z\n\n  b', 'a\\\nb', \"a\\\r\nb\"",
            "return '\\x41\\u{e9}'",
            ";;; local a = 1;; return a;",
            "do ; end if x then ; elseif y then ; else ; end repeat ; until true",
            "local function f() ; return end function g.h:i(a, ...) ;; end",
            "local f = function(a) ; end",
            "goto a ; ::a:: ; ::b:: ;",
            "while true do break; end while true do break; local x = 1 end while true do break x() end",
            "for i = 1, 2 do if i then break else break end end repeat break until x",
            "local t = { 1; 2; } t.goto_ = 1",
            "local a\u{b}=\u{c}1",
            "--[==[ x ]] ]==] local y = 1 --[[\n]] z = [=[ ]]]=]",
            "return function(...) return ... end",
            "-- größe\nreturn 'ü'",
            "local a = 'it\\'s' .. \"\\\"\" .. [[']] .. '--' -- '",
        ] {
            assert!(lua.load(text).into_function().is_ok(), "LuaJIT: {text}");
            let tree = parse(text).unwrap_or_else(|e| panic!("{text}: {} at {}", e.message, e.at));
            resolve(text, Encoding::Utf8, &tree);
        }
        for text in [
            "return 0x",
            "return 1lx",
            "return 1.2.3",
            "local x <const> = 1",
            "return 5 // 2",
            "return 'a\nb'",
            "print(“hi”)",
            "local\u{a0}x = 1",
            "x += 1",
            "return `x`",
            "return 1 & 2",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_those_of_the_text() {
        let text = "local größe, gräße = 1, 2 return größe";
        let chunk = resolve(text, Encoding::Utf8, &parse(text).ok().unwrap());
        let names: Vec<_> = chunk.vars.iter().map(|var| var.name.as_str()).collect();
        assert_eq!(names, ["größe", "gräße"]);
    }
}
