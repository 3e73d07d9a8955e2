//! Decoding of what URLs, forms and cookies carry.

use std::borrow::Cow;

/// Appends the decoded bytes; `None` at a `%` without two hex digits
/// (RFC 3986, section 2.1).
pub(crate) fn percent_decode(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte == b'%' {
            out.push(escape(text, at)?);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Some(())
}

fn escape(text: &[u8], at: usize) -> Option<u8> {
    let digit = |b: u8| (b as char).to_digit(16);
    let high = digit(*text.get(at + 1)?)?;
    let low = digit(*text.get(at + 2)?)?;
    Some((high * 16 + low) as u8)
}

/// Decodes one name or value of `application/x-www-form-urlencoded` text (WHATWG URL,
/// section 5.1): `+` is a space, a broken escape stands for itself, bytes that are
/// not UTF-8 become U+FFFD.
pub(crate) fn form_decode(text: &[u8]) -> Cow<'_, str> {
    if !text.iter().any(|b| matches!(b, b'+' | b'%')) {
        return String::from_utf8_lossy(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'+' => out.push(b' '),
            b'%' => match escape(text, at - 1) {
                Some(decoded) => {
                    out.push(decoded);
                    at += 2;
                }
                None => out.push(b'%'),
            },
            other => out.push(other),
        }
    }
    let text = String::from_utf8(out);
    Cow::Owned(text.unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
}

/// The pairs of form text, in order. A name without `=` has an empty value.
pub(crate) fn form_pairs(text: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    text.split(|b| *b == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            (form_decode(&pair[..at]), form_decode(value))
        })
}

/// A header's value as a text: UTF-8 where it is that, else ISO-8859-1, which these values once
/// were (RFC 9110, section 5.5).
pub(crate) fn header_text(value: &[u8]) -> Cow<'_, [u8]> {
    match is_text(value) {
        true => Cow::Borrowed(value),
        false => {
            let text: String = value.iter().copied().map(char::from).collect();
            Cow::Owned(text.into_bytes())
        }
    }
}

/// Whether bytes are UTF-8. Most of what requests carry is ASCII, which is seen sooner.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    bytes.is_ascii() || std::str::from_utf8(bytes).is_ok()
}

/// A cookie's value as a text, percent-decoded. Where that gives no text, or there is a broken
/// escape, somebody else has written it in another way: it stays as it is.
pub(crate) fn cookie_text(value: &[u8]) -> Cow<'_, [u8]> {
    let mut decoded = Vec::new();
    match value.contains(&b'%') && percent_decode(value, &mut decoded).is_some() {
        true if is_text(&decoded) => Cow::Owned(decoded),
        _ => header_text(value),
    }
}

/// The pairs of a `Cookie` header (RFC 6265, section 5.4); quotes around a value go.
pub(crate) fn cookie_pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> + '_ {
    text.split(|b| *b == b';').filter_map(|pair| {
        let pair = pair.trim_ascii();
        let at = pair.iter().position(|b| *b == b'=')?;
        let value = pair[at + 1..].trim_ascii();
        let inner = value
            .strip_prefix(b"\"")
            .and_then(|v| v.strip_suffix(b"\""));
        Some((pair[..at].trim_ascii(), inner.unwrap_or(value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let pairs: Vec<_> = form_pairs(b"a=1&b=x+y%21&c&=v&d=%zz&e=%ff").collect();
        let expect = [
            ("a", "1"),
            ("b", "x y!"),
            ("c", ""),
            ("", "v"),
            ("d", "%zz"),
            ("e", "\u{fffd}"),
        ];
        assert_eq!(pairs, expect.map(|(k, v)| (k.into(), v.into())));
    }

    #[test]
    fn cookies() {
        let pairs: Vec<_> = cookie_pairs(b"a=1; b=\"two\";broken; c=x=y").collect();
        let expect: [(&[u8], &[u8]); 3] = [(b"a", b"1"), (b"b", b"two"), (b"c", b"x=y")];
        assert_eq!(pairs, expect);
    }

    #[test]
    fn texts_of_headers_and_cookies() {
        assert_eq!(header_text(b"caf\xc3\xa9"), "caf\u{e9}".as_bytes());
        assert_eq!(header_text(b"caf\xe9"), "caf\u{e9}".as_bytes());
        for (value, text) in [
            (&b"Saved%20it!"[..], "Saved it!"),
            (b"%C3%A9%25", "\u{e9}%"),
            (b"100%", "100%"),
            (b"%41%4", "%41%4"),
            (b"%e9", "%e9"),
            (b"a+b", "a+b"),
            (b"\xe9", "\u{e9}"),
        ] {
            assert_eq!(cookie_text(value), text.as_bytes(), "{text}");
        }
    }
}
