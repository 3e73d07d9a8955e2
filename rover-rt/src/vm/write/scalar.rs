//! Numbers and strings as JSON (RFC 8259, sections 6 and 7).

use crate::vm::write::reserved::{NUMBER, ReservedBuffer};

/// Appends a number: integral below 2^63 by its digits, others shortest round-trip; what JSON
/// has no number for is `null`.
pub(crate) fn number(value: f64, out: &mut Vec<u8>) {
    // SAFETY: the buffer was made with room for a number.
    unsafe { ReservedBuffer::new(out, NUMBER).number(value) }
}

/// Appends a number as texts have it: integral up to 2^53 by its digits, others as `tostring`
/// gives them (`%.14g`); false, with nothing written, for one that is neither integral nor of
/// two decimals, or has more digits.
pub(crate) fn text_number(value: f64, out: &mut Vec<u8>) -> bool {
    // SAFETY: the buffer was made with room for a number.
    unsafe { ReservedBuffer::new(out, NUMBER).text_number(value) }
}

/// Appends a string with quotes and escapes.
pub(crate) fn string(bytes: &[u8], out: &mut Vec<u8>) {
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
pub(crate) fn text(bytes: &[u8], out: &mut Vec<u8>) {
    escaped(String::from_utf8_lossy(bytes).as_bytes(), out);
}

/// A comma, unless the object that is being written has no field yet.
pub(crate) fn comma(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}

/// Whether a text is ASCII that JSON has no escapes for.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
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
pub(crate) fn escaped_length(bytes: &[u8]) -> usize {
    let length = |byte: &u8| match byte {
        b'"' | b'\\' => 2,
        b' '.. => 1,
        _ => 6,
    };
    bytes.iter().map(length).sum()
}

/// Appends a text with JSON's escapes.
pub(crate) fn escaped(bytes: &[u8], out: &mut Vec<u8>) {
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
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let text = |v| {
            let mut out = Vec::new();
            number(v, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(3.0), "3");
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(0.1), "0.1");
        assert_eq!(text(9_007_199_254_740_991.0), "9007199254740991");
        assert_eq!(text(f64::NAN), "null");
        assert_eq!(text(9_007_199_254_740_992.0), "9007199254740992");
        assert_eq!(text(1.618_065_507_111_835_4e18), "1618065507111835392");
        assert_eq!(text(-9_223_372_036_854_774_784.0), "-9223372036854774784");
        assert_eq!(text(9_223_372_036_854_775_808.0), "9.223372036854776e18");
        assert_eq!(text(1e300).parse::<f64>(), Ok(1e300));
        assert_eq!(text(1.5), "1.5");
        assert_eq!(text(-12.34), "-12.34");
        assert_eq!(text(-0.05), "-0.05");
        assert_eq!(text(19.99), "19.99");
        assert_eq!(text(0.1 + 0.2), "0.30000000000000004");
    }

    #[test]
    fn numbers_are_the_shortest_that_read_the_same() {
        let mut value = 0.123_456_789_f64;
        for round in 0..200_000 {
            value = (value * 1.37 + 0.01) % 1e6;
            let shorter = f64::from(round) / 1000.0;
            let tried = [value, (value * 100.0).round() / 100.0, shorter, -shorter];
            for value in tried {
                let mut out = Vec::new();
                number(value, &mut out);
                let text = String::from_utf8(out).unwrap();
                let shortest = ryu::Buffer::new().format(value).to_owned();
                let shortest = shortest.strip_suffix(".0").unwrap_or(&shortest);
                let zero = value == 0.0;
                assert!(zero || text == shortest, "{text} for {value}");
            }
        }
    }

    #[test]
    fn numbers_in_texts_are_those_of_tostring_or_integers_in_full() {
        let lua = mlua::Lua::new();
        let tostring: mlua::Function = lua.globals().get("tostring").unwrap();
        let mut tried = vec![
            0.0,
            -0.0,
            0.001,
            1e14,
            1e13 + 0.25,
            1e12 + 0.25,
            1e-9,
            1e300,
        ];
        tried.extend([99_999_999_999_999.0, f64::NAN, f64::INFINITY, 1.0 / 3.0]);
        tried.extend([123_456_789_012_345.0, -9_007_199_254_740_992.0]);
        for at in 1..5000_u32 {
            let value = f64::from(at.wrapping_mul(2_654_435_761));
            tried.extend([value, value / 100.0, -value / 100.0, value / 8.0]);
            tried.extend([value * 1234.5, f64::from(at) / 100.0, value * 22.22]);
        }
        let mut written = 0;
        for &value in &tried {
            let mut out = Vec::new();
            if text_number(value, &mut out) {
                let expected: String = match value.fract() == 0.0 && value.abs() >= 1e14 {
                    true => format!("{value:.0}"),
                    false => tostring.call(value).unwrap(),
                };
                assert_eq!(String::from_utf8(out).unwrap(), expected);
                written += 1;
            }
        }
        assert!(written > tried.len() / 2, "{written} of {}", tried.len());
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
