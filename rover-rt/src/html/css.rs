//! Values in style sheets.

/// What stands for a value that could be more than one.
const BLOCKED: &[u8] = b"blocked";

/// A number, a name, a colour, or several of them: nothing that could end a declaration,
/// call a function or open a string or a comment.
pub(super) fn value(bytes: &[u8], out: &mut Vec<u8>) {
    let harmless = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || *byte >= 0x80
            || matches!(byte, b' ' | b'#' | b'%' | b'.' | b',' | b'+' | b'-' | b'_')
    };
    let valid = std::str::from_utf8(bytes).is_ok();
    match valid && bytes.iter().all(harmless) && !bytes.starts_with(b"--") {
        true => out.extend_from_slice(bytes),
        false => out.extend_from_slice(BLOCKED),
    }
}

/// The inside of a string: escapes by code point (CSS Syntax, 4.3.7).
pub(super) fn string(bytes: &[u8], out: &mut Vec<u8>) {
    for c in String::from_utf8_lossy(bytes).chars() {
        match c {
            '\0' => out.extend_from_slice("\u{fffd}".as_bytes()),
            c if c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',') => {
                out.push(c as u8);
            }
            c if c.is_ascii() => out.extend_from_slice(format!("\\{:x} ", c as u32).as_bytes()),
            c => {
                let mut utf8 = [0; 4];
                out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(f: impl Fn(&[u8], &mut Vec<u8>), text: &str) -> String {
        let mut out = Vec::new();
        f(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values() {
        for fine in ["red", "#ff8800", "12.5px", "1px 2px", "rot", "größe", "50%"] {
            assert_eq!(written(value, fine), fine);
        }
        for other in [
            "red;x:y",
            "url(x)",
            "a}b",
            "expression(1)",
            "/*",
            "\"",
            "a:b",
            "\\75",
            "--x",
        ] {
            assert_eq!(written(value, other), "blocked");
        }
    }

    #[test]
    fn strings() {
        assert_eq!(
            written(string, "a\"b\nc</style>"),
            "a\\22 b\\a c\\3c \\2f style\\3e "
        );
    }
}
