//! What a request is for: its target (RFC 9112, section 3.2) and its `Host`.

use httparse::Header;

use super::refusal::Refusal;
use crate::message::host::{PLAIN, is_host, with};

/// A request target that belongs to its method.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target<'h> {
    /// `*` in asterisk form.
    pub(super) path: &'h str,
    pub(super) query: &'h str,
    /// In absolute form: what counts instead of `Host`.
    authority: Option<&'h str>,
}

const MALFORMED: Refusal = Refusal::bad("Malformed request target");

/// Reads a target in the forms that its method may have.
pub(super) fn target<'h>(method: &str, text: &'h str) -> Result<Target<'h>, Refusal> {
    if method == "CONNECT" {
        // Section 3.2.3: this method's only form, which no other has.
        return match is_host(text.as_bytes()) && text.contains(':') {
            true => Err(Refusal::TUNNEL),
            false => Err(MALFORMED),
        };
    }
    if text == "*" {
        return match method {
            "OPTIONS" => Ok(Target {
                path: text,
                query: "",
                authority: None,
            }),
            _ => Err(MALFORMED),
        };
    }
    let (authority, origin) = if text.starts_with('/') {
        (None, text)
    } else {
        let rest = after_scheme(text).ok_or(MALFORMED)?;
        let (authority, origin) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        // User information is refused with it (RFC 9110, section 4.2.4).
        if !is_host(authority.as_bytes()) {
            return Err(MALFORMED);
        }
        (Some(authority), origin)
    };
    let (path, query) = path_and_query(origin).ok_or(MALFORMED)?;
    // In absolute form an empty path is the root (section 3.2.1), but for OPTIONS, which
    // then asks about the whole server (section 3.2.4).
    let path = match path {
        "" if method == "OPTIONS" && origin.is_empty() => "*",
        "" => "/",
        path => path,
    };
    Ok(Target {
        path,
        query,
        authority,
    })
}

/// The two parts of an origin form, of the characters that they may have: servers read others
/// in different ways. All bytes are looked at, which is less work than to ask after each whether
/// to go on.
fn path_and_query(origin: &str) -> Option<(&str, &str)> {
    let found = origin
        .bytes()
        .fold(0, |found, byte| found | IN_ORIGIN[usize::from(byte)]);
    if found & REFUSED != 0 {
        return None;
    }
    if found & QUERY == 0 {
        return Some((origin, ""));
    }
    // Further question marks are the query's own.
    let end = memchr::memchr(b'?', origin.as_bytes())?;
    Some((&origin[..end], &origin[end + 1..]))
}

/// A character that has no place in an origin form.
const REFUSED: u8 = 1;
/// The one that a query begins with.
const QUERY: u8 = 2;

/// `pchar`, slashes and question marks (RFC 3986, sections 3.3 and 3.4). Square brackets have
/// no place there, but forms and browsers send them as they are (`?tag[]=a`), and nobody takes
/// them for anything else.
static IN_ORIGIN: [u8; 256] = {
    let plain = with(&PLAIN, b"/:@%[]");
    let mut kinds = [REFUSED; 256];
    let mut byte = 0;
    while byte < 256 {
        if plain[byte] {
            kinds[byte] = 0;
        }
        byte += 1;
    }
    kinds[b'?' as usize] = QUERY;
    kinds
};

fn after_scheme(text: &str) -> Option<&str> {
    ["http://", "https://"].iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| &text[scheme.len()..])
    })
}

/// Section 3.2: exactly one valid `Host` in HTTP/1.1. The authority of a target goes before
/// it (section 3.2.2): it stands in its place from here on. Gives what counts, which is empty
/// where an HTTP/1.0 client says neither.
pub(super) fn host<'h>(
    headers: &mut [Header<'h>],
    target: &Target<'h>,
    old: bool,
) -> Result<&'h [u8], Refusal> {
    let mut hosts = headers
        .iter_mut()
        .filter(|header| header.name.eq_ignore_ascii_case("host"));
    match (hosts.next(), hosts.next()) {
        (None, _) if old => Ok(target.authority.unwrap_or_default().as_bytes()),
        (None, _) => Err(Refusal::bad("Missing Host")),
        (Some(host), None) if is_host(host.value) => {
            if let Some(authority) = target.authority {
                host.value = authority.as_bytes();
            }
            Ok(host.value)
        }
        _ => Err(Refusal::bad("Malformed Host")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        let parts = |method: &str, text: &'static str| {
            let target = target(method, text).ok()?;
            Some((target.path, target.query, target.authority))
        };
        assert_eq!(parts("GET", "/a?b?c"), Some(("/a", "b?c", None)));
        assert_eq!(
            parts("GET", "http://a:1/b?c"),
            Some(("/b", "c", Some("a:1")))
        );
        assert_eq!(parts("GET", "HTTPS://a"), Some(("/", "", Some("a"))));
        assert_eq!(parts("GET", "http://a?b"), Some(("/", "b", Some("a"))));
        assert_eq!(parts("OPTIONS", "*"), Some(("*", "", None)));
        assert_eq!(parts("OPTIONS", "http://a"), Some(("*", "", Some("a"))));
        assert_eq!(parts("OPTIONS", "http://a/"), Some(("/", "", Some("a"))));
        for (method, text) in [
            ("GET", "*"),
            ("OPTIONS", "**"),
            ("GET", "a"),
            ("GET", "a:80"),
            ("GET", "ftp://a/"),
            ("GET", "http:///a"),
            ("GET", "http://u@a/"),
            ("GET", "http://a:b/"),
            ("GET", "http:/a"),
            ("GET", "/a#b"),
            ("GET", "http://a#b"),
            ("GET", "/a?b#c"),
            ("GET", "/caf\u{e9}"),
            ("GET", "/a?caf\u{e9}"),
            ("GET", "http://a/\u{e9}"),
            ("CONNECT", "/"),
            ("CONNECT", "a"),
        ] {
            assert_eq!(target(method, text), Err(MALFORMED), "{method} {text}");
        }
        // RFC 3986, section 2: in no part of a URI.
        for character in "\"<>\\^`{|}".chars() {
            for text in [format!("/a{character}"), format!("/?a={character}")] {
                assert_eq!(target("GET", &text), Err(MALFORMED), "{text}");
            }
        }
        for character in "-._~!$&'()*+,;=:@%[]/".chars() {
            let text = format!("/{character}?{character}?");
            assert!(target("GET", &text).is_ok(), "{text}");
        }
        assert_eq!(target("CONNECT", "a:80"), Err(Refusal::TUNNEL));
    }
}
