//! Origins: a scheme, a host and a port (RFC 6454).

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Why a text names no origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginError {
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub help: String,
}

/// One origin, or those of all hosts below one, or of all ports of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern {
    /// `https://`
    scheme: String,
    host: Host,
    port: Port,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// This one, as browsers write it.
    One(String),
    /// All that end so: `.example.com`.
    Below(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Port {
    /// As browsers write it: with the colon, or empty where it is the scheme's own.
    One(String),
    Any,
}

impl OriginPattern {
    /// Reads what a manifest says: `https://app.example`, `https://*.app.example`,
    /// `http://localhost:*`. Letters of any case mean the same, and so does a port that is the
    /// scheme's own.
    ///
    /// # Errors
    /// When it is no origin.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let wrong = |problem: String, help: String| Err(OriginError { problem, help });
        let Some((scheme, rest)) = text.split_once("://") else {
            let host = text.split(['/', '?', '#']).next().unwrap_or_default();
            return wrong(
                format!("`{text}` has no scheme"),
                format!(
                    "write `https://{host}`, or `http://{host}`: a page's origin begins with how it was asked for"
                ),
            );
        };
        let scheme = scheme.to_ascii_lowercase();
        if !is_scheme(&scheme) {
            return wrong(format!("`{scheme}` is not a scheme"), example());
        }
        if let Some(end) = rest.find(['/', '?', '#', '\\']) {
            return wrong(
                format!("`{text}` has a path, which no origin has"),
                format!("write `{scheme}://{}`", &rest[..end]),
            );
        }
        if let Some((_, host)) = rest.rsplit_once('@') {
            return wrong(
                format!("`{text}` has a user, which no origin has"),
                format!("write `{scheme}://{host}`"),
            );
        }
        let (host, port) = split_port(rest);
        let port = match port {
            None => Port::One(String::new()),
            Some("*") => Port::Any,
            Some(digits) => match number(digits) {
                Some(port) if own_port(&scheme) == Some(port) => Port::One(String::new()),
                Some(port) => Port::One(format!(":{port}")),
                None => {
                    return wrong(format!("`{digits}` is not a port, in `{text}`"), example());
                }
            },
        };
        let below = host.strip_prefix("*.");
        let name = normal(below.unwrap_or(host)).map_err(|problem| OriginError {
            problem: format!("`{text}`: {problem}"),
            help: example(),
        })?;
        let host = match below {
            None => Host::One(name.into_owned()),
            Some(_) if !name.contains('.') && name != "localhost" => {
                return wrong(
                    format!("`{text}` takes the sites of everybody below `.{name}`"),
                    "name a domain of your own: `https://*.example.com`".to_owned(),
                );
            }
            Some(_) if name.starts_with('[') || name.parse::<Ipv4Addr>().is_ok() => {
                return wrong(
                    format!("`{text}`: an address has no names below it"),
                    example(),
                );
            }
            Some(_) => Host::Below(format!(".{name}")),
        };
        let scheme = format!("{scheme}://");
        Ok(OriginPattern { scheme, host, port })
    }

    /// The origin that it names, as browsers write it; nothing where there are more than one.
    pub fn single(&self) -> Option<String> {
        match (&self.host, &self.port) {
            (Host::One(host), Port::One(port)) => Some(format!("{}{host}{port}", self.scheme)),
            _ => None,
        }
    }

    /// The text that [`OriginPattern::parse`] reads as this.
    pub fn text(&self) -> String {
        let (star, host) = match &self.host {
            Host::One(host) => ("", host),
            Host::Below(host) => ("*", host),
        };
        let port = match &self.port {
            Port::One(port) => port,
            Port::Any => ":*",
        };
        format!("{}{star}{host}{port}", self.scheme)
    }

    /// Whether a request's `Origin` is one of those. Browsers write an origin in one way only.
    pub fn matches(&self, origin: &[u8]) -> bool {
        let Some(rest) = origin.strip_prefix(self.scheme.as_bytes()) else {
            return false;
        };
        let end = match (rest.first(), rest.iter().rposition(|b| *b == b']')) {
            (Some(b'['), Some(end)) => end + 1,
            _ => rest.iter().position(|b| *b == b':').unwrap_or(rest.len()),
        };
        let (host, port) = rest.split_at(end);
        let host_is_one = match &self.host {
            Host::One(known) => host == known.as_bytes(),
            Host::Below(known) => {
                let below = host.strip_suffix(known.as_bytes());
                below.is_some_and(|below| below.split(|b| *b == b'.').all(is_label))
            }
        };
        host_is_one
            && match &self.port {
                Port::One(known) => port == known.as_bytes(),
                Port::Any => port.is_empty() || is_port(port),
            }
    }
}

fn example() -> String {
    "an origin is written as `https://app.example` or `http://localhost:3000`".to_owned()
}

fn is_scheme(text: &str) -> bool {
    let rest = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(rest)
}

/// The port that origins of a scheme leave out.
fn own_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

fn split_port(rest: &str) -> (&str, Option<&str>) {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    }
}

fn number(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|port| *port > 0)
}

/// `:3000`, as browsers write it.
fn is_port(text: &[u8]) -> bool {
    let digits = text
        .strip_prefix(b":")
        .and_then(|digits| std::str::from_utf8(digits).ok());
    digits.is_some_and(|digits| !digits.starts_with('0') && number(digits).is_some())
}

/// A part of a host's name, as browsers write it.
fn is_label(label: &[u8]) -> bool {
    let known = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(b);
    !label.is_empty() && label.iter().all(known)
}

/// A host as browsers write it, or why it is none.
fn normal(host: &str) -> Result<Cow<'_, str>, String> {
    if host.is_empty() {
        return Err("there is no host in it".to_owned());
    }
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        let address: Ipv6Addr = inner
            .parse()
            .map_err(|_| format!("`{inner}` is not an address"))?;
        return Ok(format!("[{address}]").into());
    }
    if host.contains('*') {
        return Err("a `*` stands for what is before the first point, or for a port".to_owned());
    }
    if !host.is_ascii() {
        return Err("browsers write a name as ASCII: `xn--...`".to_owned());
    }
    let host = host.to_ascii_lowercase();
    if !host.split('.').all(|label| is_label(label.as_bytes())) {
        return Err(format!("`{host}` is not a host"));
    }
    // What ends with a number is an address (the URL standard, section 3.5).
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) && host.parse::<Ipv4Addr>().is_err() {
        return Err(format!("`{host}` is not an address"));
    }
    Ok(host.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> OriginPattern {
        OriginPattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn one_origin_is_itself() {
        for (written, sent) in [
            ("https://app.example", "https://app.example"),
            ("HTTPS://App.Example:443", "https://app.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:080", "http://127.0.0.1"),
            ("http://[0:0::1]:8080", "http://[::1]:8080"),
            ("https://app.example:80", "https://app.example:80"),
            ("capacitor://localhost", "capacitor://localhost"),
            (
                "chrome-extension://abcdefghijklmnop",
                "chrome-extension://abcdefghijklmnop",
            ),
        ] {
            let pattern = pattern(written);
            assert_eq!(pattern.single().as_deref(), Some(sent));
            assert!(pattern.matches(sent.as_bytes()), "{sent}");
            assert_eq!(OriginPattern::parse(&pattern.text()), Ok(pattern));
        }
    }

    #[test]
    fn others_are_not() {
        let app = pattern("https://app.example");
        for other in [
            "",
            "null",
            "https://app.example/",
            "https://app.example:443",
            "https://app.example:8443",
            "https://app.example.",
            "https://app.example.evil.example",
            "https://evil.example/https://app.example",
            "https://evilapp.example",
            "http://app.example",
            "https://App.example",
            "HTTPS://app.example",
            "https://app.example https://app.example",
            "https://app.example, https://evil.example",
            "https://user@app.example",
            "https://app.example\0",
            "//app.example",
            "app.example",
        ] {
            assert!(!app.matches(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn hosts_below_a_host() {
        let below = pattern("https://*.Example.com");
        assert_eq!(below.single(), None);
        for one in [
            "https://a.example.com",
            "https://b.a.example.com",
            "https://x-1_y.example.com",
        ] {
            assert!(below.matches(one.as_bytes()), "{one}");
        }
        for other in [
            "https://example.com",
            "https://.example.com",
            "https://a..example.com",
            "https://evil-example.com",
            "https://evil.com/.example.com",
            "https://evil.com#.example.com",
            "https://evil.com?.example.com",
            "https://evil.com:443.example.com",
            "https://evil.com\\.example.com",
            "https://evil.com@.example.com",
            "https://evil@a.example.com",
            "https://A.example.com",
            "https://a.example.com:8443",
            "http://a.example.com",
            "https://a.example.com.evil.com",
            "https://[::1].example.com",
            "https://\u{e4}.example.com",
        ] {
            assert!(!below.matches(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn every_port() {
        let local = pattern("http://localhost:*");
        for one in [
            "http://localhost",
            "http://localhost:1",
            "http://localhost:65535",
        ] {
            assert!(local.matches(one.as_bytes()), "{one}");
        }
        for other in [
            "http://localhost:",
            "http://localhost:0",
            "http://localhost:080",
            "http://localhost:65536",
            "http://localhost:80:80",
            "http://localhost:*",
            "http://localhost:3000.evil.com",
            "http://localhost.evil.com:3000",
            "http://[localhost]:3000",
        ] {
            assert!(!local.matches(other.as_bytes()), "{other}");
        }
        let six = pattern("http://[::1]:*");
        assert!(six.matches(b"http://[::1]:3000") && six.matches(b"http://[::1]"));
        assert!(!six.matches(b"http://[::1]3000") && !six.matches(b"http://[::1"));
    }

    #[test]
    fn what_is_no_origin() {
        for (text, problem) in [
            ("app.example", "`app.example` has no scheme"),
            (
                "https://app.example/",
                "`https://app.example/` has a path, which no origin has",
            ),
            (
                "https://app.example/x",
                "`https://app.example/x` has a path, which no origin has",
            ),
            (
                "https://u:p@app.example",
                "`https://u:p@app.example` has a user, which no origin has",
            ),
            ("https://", "`https://`: there is no host in it"),
            (
                "https://*.com",
                "`https://*.com` takes the sites of everybody below `.com`",
            ),
            (
                "https://*.1.2.3.4",
                "`https://*.1.2.3.4`: an address has no names below it",
            ),
            (
                "https://1.2.3",
                "`https://1.2.3`: `1.2.3` is not an address",
            ),
            (
                "https://app.example:0",
                "`0` is not a port, in `https://app.example:0`",
            ),
            (
                "https://app.example:99999",
                "`99999` is not a port, in `https://app.example:99999`",
            ),
            ("https://a b", "`https://a b`: `a b` is not a host"),
            ("https://a..b", "`https://a..b`: `a..b` is not a host"),
            ("1http://a", "`1http` is not a scheme"),
        ] {
            let told = OriginPattern::parse(text).map_err(|error| error.problem);
            assert_eq!(told, Err(problem.to_owned()), "{text}");
        }
        for text in [
            "https://a.*.example",
            "https://*",
            "https://a*.example",
            "https://b\u{fc}cher.example",
        ] {
            assert!(OriginPattern::parse(text).is_err(), "{text}");
        }
    }
}
