//! Addresses of requests: `http` and `https`, checked before anything is sent.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use http::uri::Uri;

use crate::wait::error::WaitError;

/// An absolute address. Its text has the scheme and the host in lower case, no port that the scheme
/// implies, no name and password and no fragment.
#[derive(Clone, Debug)]
pub(crate) struct Url {
    text: Rc<str>,
    https: bool,
    /// The host alone, an IPv6 address without its brackets.
    host: Range<usize>,
    port: u16,
    /// Where the path begins, which is where the origin ends.
    path: usize,
    /// `name:password@`, as the header that it is sent as.
    credentials: Option<Rc<HeaderValue>>,
}

impl Default for Url {
    fn default() -> Self {
        Url {
            text: "http://localhost/".into(),
            https: false,
            host: 7..16,
            port: 80,
            path: 16,
            credentials: None,
        }
    }
}

/// What becomes of a space in the path or the query.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Spaces {
    /// A program's own text with a space is most often a value that is not encoded.
    Refused,
    /// Servers write them into `location`, and browsers encode them.
    Encoded,
}

impl Url {
    /// Reads an absolute address.
    pub(crate) fn parse(text: &str, spaces: Spaces) -> Result<Self, WaitError> {
        Parts::split(text)
            .and_then(|parts| parts.assemble(spaces))
            .map_err(|why| refused(text, why))
    }

    /// The address that a reference means in a document at this address (RFC 3986 section 5.2).
    pub(crate) fn resolve(&self, reference: &str) -> Result<Self, WaitError> {
        let without_fragment = reference.split('#').next().unwrap_or_default();
        if has_scheme(without_fragment) {
            return Url::parse(reference, Spaces::Encoded);
        }
        let absolute = if without_fragment.starts_with("//") {
            format!("{}:{without_fragment}", self.scheme())
        } else {
            let path = self.resolved_path(without_fragment);
            format!("{}{path}", self.origin())
        };
        let mut found = Url::parse(&absolute, Spaces::Encoded)?;
        if found.is_same_origin(self) && found.credentials.is_none() {
            found.credentials.clone_from(&self.credentials);
        }
        Ok(found)
    }

    fn resolved_path(&self, reference: &str) -> String {
        let own = self.path_text();
        let (own_path, _) = split_at_query(own);
        if reference.is_empty() {
            return own.to_owned();
        }
        let (path, query) = split_at_query(reference);
        let path = match path {
            "" => own_path.to_owned(),
            path if path.starts_with('/') => without_dots(path),
            path => {
                let folder = own_path.rfind('/').map_or(0, |slash| slash + 1);
                without_dots(&format!("{}{path}", &own_path[..folder]))
            }
        };
        format!("{path}{query}")
    }

    /// This address with a path put behind its own, as a client's `base_url` is used.
    pub(crate) fn with_path(&self, path: &str) -> Result<Self, WaitError> {
        let (own, _) = split_at_query(self.path_text());
        let own = own.strip_suffix('/').unwrap_or(own);
        let slash = match path.as_bytes().first() {
            None | Some(b'/' | b'?' | b'#') => "",
            Some(_) => "/",
        };
        let origin = self.origin();
        let text = [origin, own, slash, path].concat();
        if is_as_written(path) && text.as_bytes().get(self.path) == Some(&b'/') {
            return Ok(self.with_text(text));
        }
        let mut found = Url::parse(&text, Spaces::Refused)?;
        // What was put behind cannot name another host: the origin's text ends before its slash.
        found.credentials.clone_from(&self.credentials);
        Ok(found)
    }

    /// What an absolute address means that is written as this one is up to the path, and needs no change
    /// in it.
    pub(crate) fn beside(&self, text: &str) -> Option<Self> {
        let path = text.strip_prefix(self.origin())?;
        let is_path = path.starts_with('/') && is_as_written(path);
        (is_path && self.credentials.is_none()).then(|| self.with_text(text.to_owned()))
    }

    /// This address with another text, of the same origin.
    fn with_text(&self, text: String) -> Self {
        Url {
            text: text.into(),
            host: self.host.clone(),
            credentials: self.credentials.clone(),
            ..*self
        }
    }

    /// This address with encoded pairs behind its query.
    pub(super) fn with_query(&self, pairs: &[u8]) -> Self {
        let separator = match self.path_text().split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        let pairs = String::from_utf8_lossy(pairs);
        self.with_text([self.as_str(), separator, &pairs].concat())
    }

    /// The whole address.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn host(&self) -> &str {
        &self.text[self.host.clone()]
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn is_https(&self) -> bool {
        self.https
    }

    pub(super) fn credentials(&self) -> Option<&HeaderValue> {
        self.credentials.as_deref()
    }

    /// Scheme, host and port: what connections are kept by.
    pub(super) fn origin(&self) -> &str {
        &self.text[..self.path]
    }

    pub(super) fn is_same_origin(&self, other: &Url) -> bool {
        self.origin() == other.origin()
    }

    /// What the header `host` says.
    pub(super) fn authority(&self) -> &str {
        &self.text[self.scheme().len() + 3..self.path]
    }

    /// Path and query, which a request line has (RFC 9112 section 3.2.1).
    pub(super) fn path_text(&self) -> &str {
        &self.text[self.path..]
    }

    /// What HTTP/2 is given.
    pub(super) fn absolute_form(&self) -> Result<Uri, WaitError> {
        Uri::try_from(self.as_str()).map_err(|_| refused(self.as_str(), WRONG))
    }

    fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }
}

const WRONG: &str = "it is not an address";

/// The error of an address, which tells it up to where it may hold a secret.
fn refused(text: &str, why: &str) -> WaitError {
    let shown: String = text
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .flat_map(char::escape_debug)
        .collect();
    let shown = match (shown.find("://"), shown.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}://{}", &shown[..scheme], &shown[at + 1..])
        }
        _ => shown,
    };
    WaitError::new("url", format!("the URL \"{shown}\" cannot be used: {why}"))
}

/// Whether a reference begins with `name:`, which makes it absolute.
pub(super) fn has_scheme(text: &str) -> bool {
    let end = text.find([':', '/', '?', '#']);
    end.is_some_and(|end| {
        text.as_bytes()[end] == b':'
            && text.as_bytes()[0].is_ascii_alphabetic()
            && text[..end]
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn split_at_query(path: &str) -> (&str, &str) {
    path.split_at(path.find('?').unwrap_or(path.len()))
}

/// RFC 3986 section 5.2.4, for a path that begins with a slash.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut parts = path[1..].split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "." | ".." => {
                if part == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            part => kept.push(part),
        }
    }
    format!("/{}", kept.join("/"))
}

/// An address in its parts, as they are written.
struct Parts<'a> {
    https: bool,
    user: Option<&'a str>,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, &'static str> {
        let (scheme, rest) = text
            .split_once("://")
            .ok_or("it must begin with http:// or https://")?;
        let https = match scheme {
            scheme if scheme.eq_ignore_ascii_case("https") => true,
            scheme if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err("it must begin with http:// or https://"),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = path.split('#').next().unwrap_or_default();
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (host, port) = split_port(place)?;
        Ok(Parts {
            https,
            user,
            host,
            port,
            path,
        })
    }

    fn assemble(&self, spaces: Spaces) -> Result<Url, &'static str> {
        let implied = if self.https { 443 } else { 80 };
        let port = match self.port {
            None | Some("") => implied,
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => port
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or("its port must be from 1 to 65535")?,
            Some(_) => return Err("its port must be a number"),
        };
        let mut text = String::with_capacity(self.host.len() + self.path.len() + 24);
        text.push_str(if self.https { "https://" } else { "http://" });
        let host = push_host(self.host, &mut text)?;
        if port != implied {
            text.push(':');
            text.push_str(&port.to_string());
        }
        let path = text.len();
        push_path(self.path, spaces, &mut text)?;
        Ok(Url {
            text: text.into(),
            https: self.https,
            host,
            port,
            path,
            credentials: self.user.map(basic).transpose()?.map(Rc::new),
        })
    }
}

fn split_port(place: &str) -> Result<(&str, Option<&str>), &'static str> {
    if place.starts_with('[') {
        let (host, rest) = place
            .split_once(']')
            .ok_or("the bracket before its IPv6 address is not closed")?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((&place[..=host.len()], Some(port))),
            None if rest.is_empty() => Ok((place, None)),
            None => Err("there is something between its host and its path"),
        };
    }
    Ok(match place.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    })
}

/// Writes a host and says where it stands.
fn push_host(host: &str, text: &mut String) -> Result<Range<usize>, &'static str> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address
            .trim_end_matches(']')
            .parse()
            .map_err(|_| "what stands in brackets is not an IPv6 address")?;
        text.push('[');
        let start = text.len();
        text.push_str(&address.to_string());
        let end = text.len();
        text.push(']');
        return Ok(start..end);
    }
    if host.is_empty() {
        return Err("it has no host");
    }
    if !host.is_ascii() {
        return Err("its host must be written in ASCII (\"xn--...\")");
    }
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if !host.bytes().all(is_fine) || host.len() > 253 {
        return Err("its host is not a name");
    }
    let last = host.trim_end_matches('.').rsplit('.').next();
    // The system's resolver takes `127.1` and `0x7f000001` for addresses, too.
    if last.is_some_and(is_number) && host.parse::<Ipv4Addr>().is_err() {
        return Err("its host is not an IPv4 address of four numbers");
    }
    let start = text.len();
    text.extend(host.chars().map(|c| c.to_ascii_lowercase()));
    Ok(start..text.len())
}

fn is_number(label: &str) -> bool {
    let digits = label.bytes().all(|byte| byte.is_ascii_digit());
    let hex = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"));
    (digits && !label.is_empty())
        || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Writes a path and its query, beginning with a slash. What is no ASCII and what the grammar has
/// no place for is encoded, as browsers do.
fn push_path(path: &str, spaces: Spaces, text: &mut String) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        text.push('/');
    }
    if is_as_written(path) {
        text.push_str(path);
        return Ok(());
    }
    for byte in path.bytes() {
        match byte {
            b' ' if spaces == Spaces::Encoded => text.push_str("%20"),
            b' ' => return Err("it has a space (write %20, or give the value in `query`)"),
            0..=0x1f | 0x7f => return Err("it has a control character"),
            b'\\' => return Err("it has a backslash"),
            b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                push_encoded(byte, text);
            }
            byte => text.push(char::from(byte)),
        }
    }
    Ok(())
}

/// Whether a path is sent as it is written: what is no such byte is encoded, refused, or ends the path.
fn is_as_written(path: &str) -> bool {
    const STAYS: [bool; 256] = {
        let mut stays = [false; 256];
        let mut byte = 0x21;
        while byte < 0x7f {
            stays[byte] = !matches!(
                byte as u8,
                b'#' | b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}'
            );
            byte += 1;
        }
        stays
    };
    path.bytes().all(|byte| STAYS[usize::from(byte)])
}

/// The header `authorization` for `name:password`, which may be percent-encoded.
fn basic(user: &str) -> Result<HeaderValue, &'static str> {
    let mut plain = Vec::with_capacity(user.len() + 1);
    let mut bytes = user.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => {
                let digits = [bytes.next(), bytes.next()].map(|digit| {
                    let digit = char::from(digit?).to_digit(16)?;
                    u8::try_from(digit).ok()
                });
                let [Some(high), Some(low)] = digits else {
                    return Err("its name and password have a % that is no encoding");
                };
                high << 4 | low
            }
            byte => byte,
        };
        plain.push(byte);
    }
    if !user.contains(':') {
        plain.push(b':');
    }
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(&plain)))
        .map_err(|_| WRONG)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Writes a value of a query or of a form; only what RFC 3986 calls unreserved stays.
pub(super) fn encode(value: &[u8], space: &str, text: &mut Vec<u8>) {
    for &byte in value {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(byte),
            b' ' => text.extend_from_slice(space.as_bytes()),
            byte => text.extend_from_slice(&encoded(byte)),
        }
    }
}

fn push_encoded(byte: u8, text: &mut String) {
    text.extend(encoded(byte).map(char::from));
}

fn encoded(byte: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [
        b'%',
        DIGITS[usize::from(byte >> 4)],
        DIGITS[usize::from(byte & 15)],
    ]
}
