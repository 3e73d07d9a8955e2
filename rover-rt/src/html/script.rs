//! Values in scripts: JSON in which nothing can end the script or begin a comment of HTML.

/// A text as a value.
pub(super) fn value(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    string(bytes, out);
    out.push(b'"');
}

/// The inside of a string.
pub(super) fn string(bytes: &[u8], out: &mut Vec<u8>) {
    for c in String::from_utf8_lossy(bytes).chars() {
        match c {
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\\' => out.extend_from_slice(b"\\\\"),
            '"'
            | '\''
            | '`'
            | '<'
            | '>'
            | '&'
            | '/'
            | '='
            | '\u{2028}'
            | '\u{2029}'
            | '\0'..='\x1f' => {
                unicode(c, out);
            }
            c => {
                let mut utf8 = [0; 4];
                out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            }
        }
    }
}

/// JSON as it comes from the encoder: outside of strings it has none of these characters.
pub(super) fn json(bytes: &[u8], out: &mut Vec<u8>) {
    for c in String::from_utf8_lossy(bytes).chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => unicode(c, out),
            c => {
                let mut utf8 = [0; 4];
                out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            }
        }
    }
}

fn unicode(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\\u{:04x}", c as u32).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_reads_as_itself() {
        let all: String = (0..0x300)
            .chain(0x2020..0x2030)
            .filter_map(char::from_u32)
            .collect();
        for text in [all.as_str(), "</script><!--", "it's \"q\" `b`", ""] {
            let mut out = Vec::new();
            value(text.as_bytes(), &mut out);
            let back: String = serde_json::from_slice(&out).unwrap();
            assert_eq!(back, text);
            let mut out = Vec::new();
            json(serde_json::to_string(text).unwrap().as_bytes(), &mut out);
            assert!(!out.iter().any(|b| b"<>&".contains(b)));
            let back: String = serde_json::from_slice(&out).unwrap();
            assert_eq!(back, text);
        }
    }
}
