//! The values of literals as they are written, and where a string's bytes stand.

/// A text as a string literal.
pub(crate) fn quoted(text: &str) -> String {
    let escaped: String = text
        .bytes()
        .map(|b| match b {
            b' '..=b'~' if b != b'"' && b != b'\\' => char::from(b).to_string(),
            other => format!("\\{other:03}"),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// A string literal's value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) value: Vec<u8>,
    /// Where each byte of the value is written, counted from the literal's start, and where
    /// the value ends.
    pub(crate) places: Vec<usize>,
}

impl Literal {
    /// Reads a literal as it is written, quotes or brackets included; nothing where it is
    /// none.
    pub(crate) fn read(written: &str) -> Option<Literal> {
        let bytes = written.as_bytes();
        let mut literal = Literal::default();
        match bytes.first()? {
            b'[' => literal.long(bytes)?,
            b'"' | b'\'' => literal.short(bytes)?,
            _ => return None,
        }
        Some(literal)
    }

    fn push(&mut self, byte: u8, place: usize) {
        self.value.push(byte);
        self.places.push(place);
    }

    /// `[==[ ... ]==]`: a line break after the opening is no part of it, and every line
    /// break is a line feed (LuaJIT's `lex_longstring`).
    fn long(&mut self, bytes: &[u8]) -> Option<()> {
        let level = bytes[1..].iter().take_while(|b| **b == b'=').count();
        let end = bytes.len().checked_sub(level + 2)?;
        let mut at = level + 2;
        if let Some(b'\r' | b'\n') = bytes.get(at) {
            at += line_break(bytes, at);
        }
        while at < end {
            match bytes[at] {
                b'\r' | b'\n' => {
                    self.push(b'\n', at);
                    at += line_break(bytes, at);
                }
                byte => {
                    self.push(byte, at);
                    at += 1;
                }
            }
        }
        self.places.push(end);
        Some(())
    }

    /// `"..."` with the escapes of LuaJIT's `lex_string`.
    fn short(&mut self, bytes: &[u8]) -> Option<()> {
        let end = bytes.len().checked_sub(1)?;
        let mut at = 1;
        while at < end {
            let start = at;
            at += 1;
            if bytes[start] != b'\\' {
                self.push(bytes[start], start);
                continue;
            }
            let escape = *bytes.get(at)?;
            at += 1;
            let byte = match escape {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                b'x' => {
                    let digits = std::str::from_utf8(bytes.get(at..at + 2)?).ok()?;
                    at += 2;
                    u8::from_str_radix(digits, 16).ok()?
                }
                b'z' => {
                    at += bytes[at..].iter().take_while(|b| is_space(**b)).count();
                    continue;
                }
                b'u' => {
                    let close = at + bytes[at..].iter().position(|b| *b == b'}')?;
                    let digits = std::str::from_utf8(bytes.get(at + 1..close)?).ok()?;
                    let code = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
                    at = close + 1;
                    let mut utf8 = [0; 4];
                    for byte in code.encode_utf8(&mut utf8).bytes() {
                        self.push(byte, start);
                    }
                    continue;
                }
                b'\r' | b'\n' => {
                    at += line_break(bytes, at - 1) - 1;
                    b'\n'
                }
                b'0'..=b'9' => {
                    at -= 1;
                    let digits = bytes[at..].iter().take(3);
                    let count = digits.take_while(|b| b.is_ascii_digit()).count();
                    let digits = std::str::from_utf8(&bytes[at..at + count]).ok()?;
                    at += count;
                    digits.parse().ok()?
                }
                b'\\' | b'"' | b'\'' => escape,
                _ => return None,
            };
            self.push(byte, start);
        }
        self.places.push(end);
        Some(())
    }
}

/// A number literal's value; nothing for LuaJIT's 64-bit and complex ones.
pub(crate) fn number(token: &str) -> Option<f64> {
    match token
        .strip_prefix("0x")
        .or_else(|| token.strip_prefix("0X"))
    {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(|value| value as f64),
        None => token.parse().ok(),
    }
}

/// The length of a line break: `\n`, `\r`, or both in either order.
fn line_break(bytes: &[u8], at: usize) -> usize {
    let second = bytes.get(at + 1).copied().unwrap_or_default();
    match matches!(second, b'\r' | b'\n') && second != bytes[at] {
        true => 2,
        false => 1,
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_mean_what_the_vm_reads() {
        let lua = mlua::Lua::new();
        let written = [
            r#""plain""#,
            r#"'it\'s \"q\"'"#,
            r#""\65\066\x41\u{e9}\u{20AC} \z   x""#,
            "\"a\\\nb\"",
            "\"a\\\r\nb\"",
            r#""\a\b\t\n\v\f\r\\""#,
            "[[long]]",
            "[==[\nfirst ]] line\r\nsecond\rthird\n\rfourth]==]",
            "[[\r\n\r\nx]]",
            r#""\x41\65\0657\0""#,
            "\"a\\z  \n  b\\\nc\"",
            r#""\u{1F600}""#,
            "[==[a]]b]==]",
            "[[]]",
            "''",
        ];
        for written in written {
            let value: mlua::LuaString = lua.load(format!("return {written}")).eval().unwrap();
            let literal = Literal::read(written).unwrap();
            assert_eq!(literal.value, *value.as_bytes(), "{written:?}");
            assert_eq!(literal.places.len(), literal.value.len() + 1);
        }
    }

    #[test]
    fn numbers() {
        let lua = mlua::Lua::new();
        for text in ["0", "007", "1.5", "1e3", ".5", "5.", "0x1F", "3E-2"] {
            let value: f64 = lua.load(format!("return {text}")).eval().unwrap();
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["1LL", "2ULL", "3i"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn every_byte_has_its_place() {
        let literal = Literal::read("[[\nab\r\nc]]").unwrap();
        assert_eq!(literal.places, [3, 4, 5, 7, 8]);
        assert_eq!(Literal::read(r#""a\nb""#).unwrap().places, [1, 2, 4, 5]);
    }
}
