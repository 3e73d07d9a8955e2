//! URLs: a scheme that runs no code, and percent-encoding (RFC 3986).

use rover_model::Rule;

/// What stands for a URL of another scheme than these.
const BLOCKED: &[u8] = b"#blocked";
const SCHEMES: [&[u8]; 4] = [b"http", b"https", b"mailto", b"tel"];

pub(super) fn write(value: &[u8], rule: Rule, out: &mut Vec<u8>) {
    match rule {
        Rule::Url | Rule::Srcset if !is_harmless(value) => out.extend_from_slice(BLOCKED),
        Rule::Url => encode(value, out, is_reserved, true),
        // Commas and blanks end a candidate.
        Rule::Srcset => encode(value, out, |byte| is_reserved(byte) && byte != b',', true),
        Rule::UrlHead => encode(value, out, |byte| is_of_path(byte) && byte != b':', false),
        Rule::UrlPath => encode(value, out, is_of_path, false),
        _ => encode(value, out, |_| false, false),
    }
}

/// Whether a URL is relative, or its scheme is one of the known. Browsers leave blanks and
/// control characters out before they look for the scheme; here they make it unknown.
fn is_harmless(value: &[u8]) -> bool {
    let end = value
        .iter()
        .position(|b| matches!(b, b':' | b'/' | b'?' | b'#'));
    match end {
        Some(end) if value[end] == b':' => {
            SCHEMES.iter().any(|s| value[..end].eq_ignore_ascii_case(s))
        }
        _ => true,
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Characters that may mean something in a URL. Parentheses and the apostrophe, which mean
/// something in CSS, are not among them.
fn is_reserved(byte: u8) -> bool {
    is_of_path(byte) || matches!(byte, b',' | b'?' | b'#' | b'[' | b']')
}

fn is_of_path(byte: u8) -> bool {
    matches!(
        byte,
        b'/' | b':' | b'@' | b'!' | b'$' | b'&' | b'*' | b'+' | b';' | b'='
    )
}

/// Percent-encodes all but unreserved characters and those that are kept; `encoded` texts
/// have escapes already, which stay.
fn encode(value: &[u8], out: &mut Vec<u8>, keep: impl Fn(u8) -> bool, encoded: bool) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for (at, &byte) in value.iter().enumerate() {
        let escape = || {
            let digits = value.get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        if is_unreserved(byte) || keep(byte) || (byte == b'%' && encoded && escape()) {
            out.push(byte);
        } else {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.push(b'%');
            out.extend_from_slice(&digits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rule: Rule, value: &str) -> String {
        let mut out = Vec::new();
        write(value.as_bytes(), rule, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn schemes() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "blob:x",
            ":x",
        ] {
            assert_eq!(written(Rule::Url, url), "#blocked", "{url}");
            assert_eq!(written(Rule::Srcset, url), "#blocked", "{url}");
        }
        for url in [
            "https://example.org:8080/a?b=c&d=%20e#f",
            "HTTP://x/",
            "mailto:a@b.c",
            "tel:+49",
            "/a:b",
            "?a:b",
            "a/b:c",
            "",
        ] {
            assert_eq!(written(Rule::Url, url), url);
        }
        assert_eq!(written(Rule::UrlHead, "javascript:x"), "javascript%3Ax");
    }

    #[test]
    fn parts() {
        assert_eq!(
            written(Rule::UrlPath, "a/b c?d#e%20"),
            "a/b%20c%3Fd%23e%2520"
        );
        assert_eq!(
            written(Rule::UrlQuery, "a/b c&d=é"),
            "a%2Fb%20c%26d%3D%C3%A9"
        );
        assert_eq!(written(Rule::Srcset, "a, b 2x"), "a%2C%20b%202x");
        assert_eq!(written(Rule::Url, "/(a')\"b\\"), "/%28a%27%29%22b%5C");
        assert_eq!(written(Rule::Url, "100%/%4/%zz"), "100%25/%254/%25zz");
    }
}
