//! JSON out: numbers and strings (RFC 8259, sections 6 and 7), as compiler and runtime write
//! them.

/// 2^63: below it, what is integral is an `i64`.
pub const INTEGERS: f64 = 9_223_372_036_854_775_808.0;

/// Where a number's text is made.
#[derive(Default)]
pub struct NumberText {
    integral: itoa::Buffer,
    other: ryu::Buffer,
}

impl NumberText {
    /// Room for one.
    #[inline]
    pub fn new() -> Self {
        NumberText::default()
    }

    /// A number's text, of 24 bytes at most: integral below 2^63 by its digits, others the
    /// shortest that read the same; what JSON has no number for is `null`.
    #[inline]
    pub fn of(&mut self, value: f64) -> &str {
        let integer = value as i64;
        if value.abs() < INTEGERS && integer as f64 == value {
            return self.integral.format(integer);
        }
        if !value.is_finite() {
            return "null";
        }
        let text = self.other.format_finite(value);
        text.strip_suffix(".0").unwrap_or(text)
    }
}

impl std::fmt::Debug for NumberText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NumberText").finish_non_exhaustive()
    }
}

/// Appends a string with quotes and escapes.
#[inline]
pub fn string(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() + 2);
    if is_plain(bytes) {
        out.push(b'"');
        out.extend_from_slice(bytes);
        out.push(b'"');
        return;
    }
    out.push(b'"');
    text(bytes, out);
    out.push(b'"');
}

/// Appends a text with JSON's escapes, and with U+FFFD for what is not UTF-8. Clients can send
/// such bytes, and a program that cuts a text makes some: neither may fail an answer.
#[cold]
pub fn text(bytes: &[u8], out: &mut Vec<u8>) {
    escaped(String::from_utf8_lossy(bytes).as_bytes(), out);
}

/// Whether a text is ASCII that JSON has no escapes for.
#[inline]
pub fn is_plain(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that is zero, where none had it before.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let found = |word: [u8; 8]| {
        let word = u64::from_ne_bytes(word);
        let below_space = word.wrapping_sub(ONES * 0x20) & !word;
        word | below_space | zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c))
    };
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes
            .iter()
            .all(|byte| matches!(byte, b' '..=0x7f) && !matches!(byte, b'"' | b'\\'));
    };
    // Some of its bytes may be in another word, too.
    let (words, _) = bytes.as_chunks::<8>();
    words
        .iter()
        .fold(found(*last), |all, word| all | found(*word))
        & HIGH
        == 0
}

/// How long a text is with JSON's escapes, at most.
#[inline]
pub fn escaped_length(bytes: &[u8]) -> usize {
    let length = |byte: &u8| match byte {
        b'"' | b'\\' => 2,
        b' '.. => 1,
        _ => 6,
    };
    bytes.iter().map(length).sum()
}

/// Appends a text with JSON's escapes.
pub fn escaped(bytes: &[u8], out: &mut Vec<u8>) {
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[start..at]);
        start = at + 1;
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            control => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let digits = [
                    HEX[usize::from(control >> 4)],
                    HEX[usize::from(control & 15)],
                ];
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&digits);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.extend_from_slice(&bytes[start..]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let text = |value| NumberText::new().of(value).to_owned();
        for (value, expected) in [
            (3.0, "3"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (-9_223_372_036_854_774_784.0, "-9223372036854774784"),
            (9_223_372_036_854_775_808.0, "9.223372036854776e18"),
            (0.000_01, "0.00001"),
            (1e-7, "1e-7"),
            (-2.225_073_858_507_201_4e-308, "-2.2250738585072014e-308"),
            (f64::NAN, "null"),
            (f64::NEG_INFINITY, "null"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn plain_texts() {
        for code in 0..=255_u8 {
            for length in 1..20 {
                for at in 0..length {
                    let mut text = vec![b'a'; length];
                    text[at] = code;
                    let plain = (b' '..0x80).contains(&code) && !b"\"\\".contains(&code);
                    assert_eq!(is_plain(&text), plain, "{code} at {at} of {length}");
                }
            }
        }
    }

    #[test]
    fn strings_agree_with_serde_json() {
        for code in 0..0x300_u32 {
            let text: String = ["a", "b"].join(&char::from_u32(code).unwrap().to_string());
            let mut out = Vec::new();
            string(text.as_bytes(), &mut out);
            let back: String = serde_json::from_slice(&out).unwrap();
            assert_eq!(back, text);
        }
        let mut out = Vec::new();
        string(b"a\xff\"\xc3", &mut out);
        assert_eq!(out, "\"a\u{fffd}\\\"\u{fffd}\"".as_bytes());
    }
}
