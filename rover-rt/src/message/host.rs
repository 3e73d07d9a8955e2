//! The host and port that a request is for, as `Host` and absolute targets write them.

use std::borrow::Cow;

/// How a request came, or how the first proxy got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// Schemes have no case (RFC 3986, section 3.1).
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let named = |scheme: &Scheme| text.eq_ignore_ascii_case(scheme.as_str().as_bytes());
        [Scheme::Http, Scheme::Https].into_iter().find(named)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// `uri-host [ ":" port ]` (RFC 9110, section 7.2), where the host is not empty: such a URI
/// is invalid (section 4.2.1).
pub(crate) fn is_host(text: &[u8]) -> bool {
    let (host, after) = match text {
        [b'[', rest @ ..] => match memchr::memchr(b']', rest) {
            Some(end) if is_ip_literal(&rest[..end]) => (&rest[..end], &rest[end + 1..]),
            _ => return false,
        },
        _ => text.split_at(name_length(text)),
    };
    !host.is_empty() && (after.is_empty() || after.strip_prefix(b":").is_some_and(is_port))
}

/// A valid host and port in one form (RFC 3986, section 6.2.3): in lower case, and without a
/// port that is empty or the scheme's own. So do browsers in `location.host` and `Origin`.
pub(crate) fn normal(host: Cow<'_, [u8]>, scheme: Scheme) -> Cow<'_, [u8]> {
    let mut host = without_default_port(host, scheme);
    if host.iter().any(u8::is_ascii_uppercase) {
        host.to_mut().make_ascii_lowercase();
    }
    host
}

fn without_default_port(host: Cow<'_, [u8]>, scheme: Scheme) -> Cow<'_, [u8]> {
    // Colons before a bracket are the address's.
    let colon = match memchr::memrchr2(b':', b']', &host) {
        Some(at) if host[at] == b':' => at,
        _ => return host,
    };
    let port = host[colon + 1..].iter();
    let port = port.fold(0, |port, digit| port * 10 + u32::from(digit - b'0'));
    if colon + 1 < host.len() && port != u32::from(scheme.default_port()) {
        return host;
    }
    match host {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..colon]),
        Cow::Owned(mut text) => {
            text.truncate(colon);
            Cow::Owned(text)
        }
    }
}

/// `*DIGIT`, as far as there are ports.
fn is_port(text: &[u8]) -> bool {
    let number = text.iter().try_fold(0_u32, |number, byte| {
        let number = number * 10 + u32::from(byte.wrapping_sub(b'0'));
        (byte.is_ascii_digit() && number <= u32::from(u16::MAX)).then_some(number)
    });
    number.is_some()
}

/// `IPv6address` or `IPvFuture` (RFC 3986, section 3.2.2).
fn is_ip_literal(text: &[u8]) -> bool {
    let text = std::str::from_utf8(text).unwrap_or("");
    let future = || {
        let (version, address) = text.strip_prefix(['v', 'V'])?.split_once('.')?;
        let named = |b: u8| is_plain(b) || b == b':';
        let valid = !version.is_empty() && version.bytes().all(|b| b.is_ascii_hexdigit());
        Some(valid && !address.is_empty() && address.bytes().all(named))
    };
    text.parse::<std::net::Ipv6Addr>().is_ok() || future().unwrap_or(false)
}

/// The length of the `reg-name` that a text begins with; IPv4 addresses are names, too.
fn name_length(text: &[u8]) -> usize {
    let plain = |text: &[u8]| {
        let end = text.iter().position(|byte| !is_plain(*byte));
        end.unwrap_or(text.len())
    };
    let mut at = plain(text);
    while let [b'%', high, low, rest @ ..] = &text[at..]
        && high.is_ascii_hexdigit()
        && low.is_ascii_hexdigit()
    {
        at += 3 + plain(rest);
    }
    at
}

fn is_plain(byte: u8) -> bool {
    PLAIN[byte as usize]
}

/// `unreserved / sub-delims`
pub(crate) static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        plain[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    with(&plain, b"-._~!$&'()*+,;=")
};

/// A table of characters with some more.
pub(crate) const fn with(table: &[bool; 256], more: &[u8]) -> [bool; 256] {
    let mut table = *table;
    let mut at = 0;
    while at < more.len() {
        table[more[at] as usize] = true;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for valid in [
            "a",
            "a.b-c_d~e",
            "a:",
            "a:0",
            "a:65535",
            "a:00080",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:80",
            "[2001:db8::192.0.2.1]",
            "[v1.a:b]",
            "a%20b",
            "xn--bcher-kva.example",
        ] {
            assert!(is_host(valid.as_bytes()), "{valid}");
        }
        for malformed in [
            "",
            ":80",
            "a:65536",
            "a:99999999999999999999",
            "a:/",
            "a:-1",
            "a:+1",
            "a:8 0",
            "a:80:80",
            "a b",
            "u@a",
            "a/b",
            "a?b",
            "a#b",
            "a\\b",
            "a%2",
            "a%zz",
            "::1",
            "[::1",
            "[::1]80",
            "[]",
            "[a]",
            "[::g]",
            "[::1%25eth0]",
            "a]",
            "a,b:80,c",
            "b\u{fc}cher",
            "a\t",
        ] {
            let refused = !is_host(malformed.as_bytes());
            assert!(refused, "{malformed}");
        }
    }

    #[test]
    fn normal_hosts() {
        for (host, http, https) in [
            ("a", "a", "a"),
            ("A.Example", "a.example", "a.example"),
            ("a:", "a", "a"),
            ("a:80", "a", "a:80"),
            ("a:443", "a:443", "a"),
            ("A:0080", "a", "a:0080"),
            ("a:8080", "a:8080", "a:8080"),
            ("a:0", "a:0", "a:0"),
            ("127.0.0.1:80", "127.0.0.1", "127.0.0.1:80"),
            ("[::1]", "[::1]", "[::1]"),
            ("[::80]", "[::80]", "[::80]"),
            ("[2001:DB8::1]:443", "[2001:db8::1]:443", "[2001:db8::1]"),
            ("a%2Fb", "a%2fb", "a%2fb"),
            ("", "", ""),
        ] {
            for (scheme, expected) in [(Scheme::Http, http), (Scheme::Https, https)] {
                for given in [Cow::Borrowed(host.as_bytes()), Cow::Owned(host.into())] {
                    assert_eq!(normal(given, scheme), expected.as_bytes(), "{host}");
                }
            }
        }
    }

    #[test]
    fn schemes() {
        assert_eq!(Scheme::parse(b"HTTPS"), Some(Scheme::Https));
        assert_eq!(Scheme::parse(b"http"), Some(Scheme::Http));
        for other in ["", "wss", "https:", " https", "ftp"] {
            assert_eq!(Scheme::parse(other.as_bytes()), None, "{other}");
        }
    }
}
