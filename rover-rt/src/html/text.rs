//! HTML's own escapes.

/// Whether a byte is one of `& < > " '`.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')
}

/// Appends a text with character references for what HTML reads as more than text.
pub(super) fn escape(mut bytes: &[u8], out: &mut Vec<u8>) {
    loop {
        let plain = plain_length(bytes);
        out.extend_from_slice(&bytes[..plain]);
        let reference = match bytes.get(plain) {
            None => return,
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&#34;",
            Some(_) => "&#39;",
        };
        out.extend_from_slice(reference.as_bytes());
        bytes = &bytes[plain + 1..];
    }
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

/// How many bytes are before the first special character: eight at a time.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bit of the first byte that is zero, and perhaps of later ones; bytes above
    // 127 never are.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // `&` and `'` differ in one bit, `<` and `>` in another.
        let quotes = zero((word | ONES) ^ (ONES * 0x27));
        let brackets = zero((word | (ONES << 1)) ^ (ONES * 0x3e));
        let found = (quotes | brackets | zero(word ^ (ONES * 0x22))) & HIGH;
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = rest.iter().position(|byte| is_special(*byte));
    words.len() * 8 + special.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lengths() {
        for code in 0..=255_u8 {
            for length in 1..20 {
                for at in 0..length {
                    let mut text = vec![b'a'; length];
                    // What follows the first is not to be taken for it.
                    text[at..].fill(code.wrapping_add(1));
                    text[at] = code;
                    let first = text.iter().position(|byte| is_special(*byte));
                    let expected = first.unwrap_or(length);
                    assert_eq!(plain_length(&text), expected, "{code} at {at} of {length}");
                }
            }
        }
    }
}
