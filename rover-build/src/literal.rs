//! The values of literals as they are written.

/// A string literal's bytes, its quotes or brackets included in `token`.
pub(crate) fn string(token: &str) -> Option<Vec<u8>> {
    if let Some(rest) = token.strip_prefix('[') {
        let level = rest.bytes().take_while(|b| *b == b'=').count();
        let inner = rest.get(level + 1..rest.len().checked_sub(level + 2)?)?;
        // The first line break goes, and all become `\n` (`lex_longstring`, lj_lex.c).
        let inner = inner.replace("\r\n", "\n").replace('\r', "\n");
        return Some(inner.strip_prefix('\n').unwrap_or(&inner).into());
    }
    let inner = token.get(1..token.len().checked_sub(1)?)?.as_bytes();
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\\' => rest = escape(rest, &mut out)?,
            other => out.push(other),
        }
    }
    Some(out)
}

/// Reads what follows a backslash; gives what is left (`lex_string`, lj_lex.c).
fn escape<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&byte, rest) = text.split_first()?;
    let plain = match byte {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' | b'\n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' | b'\'' => byte,
        b'x' => {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            return Some(&rest[2..]);
        }
        b'z' => return Some(rest.trim_ascii_start()),
        b'u' => {
            let end = rest.iter().position(|b| *b == b'}')?;
            let digits = std::str::from_utf8(rest.get(1..end)?).ok()?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            let text = char::from_u32(code)?.to_string();
            out.extend_from_slice(text.as_bytes());
            return Some(&rest[end + 1..]);
        }
        b'0'..=b'9' => {
            let count = text
                .iter()
                .take(3)
                .take_while(|b| b.is_ascii_digit())
                .count();
            let digits = std::str::from_utf8(&text[..count]).ok()?;
            out.push(digits.parse().ok()?);
            return Some(&text[count..]);
        }
        _ => return None,
    };
    out.push(plain);
    Some(rest)
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

#[cfg(test)]
mod tests {
    use super::{number, string};

    #[test]
    fn literals_are_what_the_vm_reads() {
        let lua = mlua::Lua::new();
        let texts = [
            r#""plain""#,
            r"'it\'s'",
            r#""\a\b\f\n\r\t\v\\\"\'""#,
            r#""\x41\65\0657\0""#,
            "\"a\\z  \n  b\\\nc\"",
            r#""\u{e9}\u{1F600}""#,
            "[[\nlong\r\nline\rend]]",
            "[==[a]]b]==]",
            "[[]]",
            "''",
        ];
        for text in texts {
            let value: mlua::LuaString = lua.load(format!("return {text}")).eval().unwrap();
            assert_eq!(string(text).as_deref(), Some(&*value.as_bytes()), "{text}");
        }
        for text in ["0", "007", "1.5", "1e3", ".5", "5.", "0x1F", "3E-2"] {
            let value: f64 = lua.load(format!("return {text}")).eval().unwrap();
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["1LL", "2ULL", "3i"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
