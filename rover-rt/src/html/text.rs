//! HTML's own escapes.

/// Whether a byte is one of `& < > " '`.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')
}

/// Appends a text with character references for what HTML reads as more than text.
pub(super) fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    if is_plain(bytes) {
        return out.extend_from_slice(bytes);
    }
    replace(bytes, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&#34;"),
        b'\'' => Some("&#39;"),
        _ => None,
    });
}

/// For HTML in an attribute: its references stay.
pub(super) fn brackets(bytes: &[u8], out: &mut Vec<u8>) {
    replace(bytes, out, |byte| match byte {
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&#34;"),
        b'\'' => Some("&#39;"),
        _ => None,
    });
}

/// For a value without quotes: what would end it or is a mistake in it (HTML Standard,
/// 13.1.2.3).
pub(super) fn unquoted(bytes: &[u8], out: &mut Vec<u8>) {
    replace(bytes, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&#34;"),
        b'\'' => Some("&#39;"),
        b'=' => Some("&#61;"),
        b'`' => Some("&#96;"),
        b' ' => Some("&#32;"),
        b'\t' => Some("&#9;"),
        b'\n' => Some("&#10;"),
        b'\x0b' => Some("&#11;"),
        b'\x0c' => Some("&#12;"),
        b'\r' => Some("&#13;"),
        _ => None,
    });
}

fn replace(bytes: &[u8], out: &mut Vec<u8>, with: impl Fn(u8) -> Option<&'static str>) {
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if let Some(text) = with(byte) {
            out.extend_from_slice(&bytes[start..at]);
            out.extend_from_slice(text.as_bytes());
            start = at + 1;
        }
    }
    out.extend_from_slice(&bytes[start..]);
}

/// Whether a text has no special characters: eight bytes at a time.
fn is_plain(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that is zero; bytes above 127 never are.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut found = 0;
    for word in words {
        let word = u64::from_ne_bytes(*word);
        // `&` and `'` differ in one bit, `<` and `>` in another.
        let quotes = zero((word | ONES) ^ (ONES * 0x27));
        let brackets = zero((word | (ONES << 1)) ^ (ONES * 0x3e));
        found |= quotes | brackets | zero(word ^ (ONES * 0x22));
    }
    found & HIGH == 0 && !rest.iter().any(|byte| is_special(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts() {
        for code in 0..=255_u8 {
            for length in 1..20 {
                for at in 0..length {
                    let mut text = vec![b'a'; length];
                    text[at] = code;
                    assert_eq!(
                        is_plain(&text),
                        !is_special(code),
                        "{code} at {at} of {length}"
                    );
                }
            }
        }
    }
}
