//! Who asks for what, by the word of the proxies that passed a request on: `Forwarded` (RFC 7239)
//! and the older `X-Forwarded-*`.
//!
//! Each proxy adds to the end, so the lists are read from there, and no further than to what a
//! proxy has said that is not trusted itself: what stands before that is the client's own.

use std::borrow::Cow;
use std::iter::from_fn;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rover_model::Network;

use super::headers::Headers;
use super::host::{Scheme, is_host};

/// The other side of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer<'a> {
    pub(crate) address: IpAddr,
    /// The proxies whose word is taken.
    pub(crate) trusted: &'a [Network],
}

/// What proxies say of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said<'a> {
    /// The address that asked the first proxy that is trusted; the peer's where none is.
    pub(crate) client: IpAddr,
    /// What it asked that proxy for: a valid host.
    pub(crate) host: Option<Cow<'a, [u8]>>,
    pub(crate) scheme: Option<Scheme>,
}

/// What one proxy says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hop<'a> {
    /// Who asked it. Nothing where it does not say, or says no address.
    client: Option<IpAddr>,
    host: Option<Cow<'a, [u8]>>,
    scheme: Option<Scheme>,
}

const FORWARDED: &str = "forwarded";
const CLIENTS: &str = "x-forwarded-for";
const HOSTS: &str = "x-forwarded-host";
const SCHEMES: &str = "x-forwarded-proto";

impl Peer<'_> {
    /// What the proxies say that are trusted.
    pub(crate) fn said<'h>(&self, headers: &Headers<'h>) -> Said<'h> {
        let said = Said {
            client: self.address.to_canonical(),
            host: None,
            scheme: None,
        };
        if !self.trusts(said.client) {
            return said;
        }
        // A proxy that writes the older headers passes a client's `Forwarded` on as it is.
        let older = [CLIENTS, HOSTS, SCHEMES];
        match older.iter().any(|name| headers.get(name).is_some()) {
            true => self.follow(said, older_hops(headers)),
            false => self.follow(said, hops(headers)),
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }

    /// Goes from proxy to proxy, beginning with the peer: each is trusted.
    fn follow<'h>(&self, mut said: Said<'h>, hops: impl Iterator<Item = Hop<'h>>) -> Said<'h> {
        for hop in hops {
            said.host = hop.host.or(said.host);
            said.scheme = hop.scheme.or(said.scheme);
            let Some(client) = hop.client else {
                break;
            };
            said.client = client;
            if !self.trusts(client) {
                break;
            }
        }
        said
    }
}

/// The lists of the older headers side by side, from the end.
fn older_hops<'h>(headers: &Headers<'h>) -> impl Iterator<Item = Hop<'h>> {
    let list = |name| {
        let lines = headers.get_all(name).rev();
        let items = lines.flat_map(|line| line.rsplit(|byte| *byte == b','));
        items
            .map(<[u8]>::trim_ascii)
            .filter(|item| !item.is_empty())
    };
    let (mut clients, mut hosts, mut schemes) = (list(CLIENTS), list(HOSTS), list(SCHEMES));
    from_fn(move || {
        let (client, host, scheme) = (clients.next(), hosts.next(), schemes.next());
        client.or(host).or(scheme)?;
        Some(Hop {
            client: client.and_then(address),
            host: host.filter(|host| is_host(host)).map(Cow::Borrowed),
            scheme: scheme.and_then(Scheme::parse),
        })
    })
}

/// The elements of `Forwarded` from the end, up to the first that cannot be read.
fn hops<'h>(headers: &Headers<'h>) -> impl Iterator<Item = Hop<'h>> {
    let elements = headers.get_all(FORWARDED).rev().flat_map(|line| {
        let mut left = Some(line);
        from_fn(move || {
            let (before, element) = split_last(left?);
            left = before;
            Some(element.trim_ascii())
        })
    });
    let elements = elements.filter(|element| !element.is_empty());
    elements.map_while(hop)
}

/// The last element of a list, and what stands before its comma. What a client has left open
/// before it makes no difference.
fn split_last(line: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let mut quoted = false;
    for at in (0..line.len()).rev() {
        match line[at] {
            b'"' if !(quoted && is_escaped(&line[..at])) => quoted = !quoted,
            b',' if !quoted => return (Some(&line[..at]), &line[at + 1..]),
            _ => {}
        }
    }
    (None, line)
}

/// Whether what follows is the second half of a `quoted-pair`.
fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

/// `forwarded-element` (RFC 7239, section 4), with whitespace around semicolons, as its own
/// readers mostly take it. Nothing where it cannot be read, or names something twice.
fn hop(element: &[u8]) -> Option<Hop<'_>> {
    let (mut client, mut host, mut scheme) = (None, None, None);
    let mut rest = element;
    loop {
        rest = rest.trim_ascii_start();
        if let [b';', after @ ..] = rest {
            rest = after;
            continue;
        }
        if rest.is_empty() {
            break;
        }
        let ((name, value), after) = pair(rest)?;
        rest = after.trim_ascii_start();
        if !matches!(rest, [] | [b';', ..]) {
            return None;
        }
        let known = match () {
            () if name.eq_ignore_ascii_case(b"for") => &mut client,
            () if name.eq_ignore_ascii_case(b"host") => &mut host,
            () if name.eq_ignore_ascii_case(b"proto") => &mut scheme,
            () => continue,
        };
        if known.replace(value).is_some() {
            return None;
        }
    }
    Some(Hop {
        client: client.and_then(|client| address(&client)),
        host: host.filter(|host| is_host(host)),
        scheme: scheme.and_then(|scheme| Scheme::parse(&scheme)),
    })
}

/// What a text begins with, and what follows.
type Begin<'t, T> = Option<(T, &'t [u8])>;

/// `token "=" ( token / quoted-string )`: the name and the value.
fn pair(text: &[u8]) -> Begin<'_, (&[u8], Cow<'_, [u8]>)> {
    let (name, rest) = token(text)?;
    let rest = rest.strip_prefix(b"=")?;
    let (value, rest) = match rest.strip_prefix(b"\"") {
        Some(rest) => quoted(rest)?,
        None => {
            let (value, rest) = token(rest)?;
            (Cow::Borrowed(value), rest)
        }
    };
    Some(((name, value), rest))
}

/// A token (RFC 9110, section 5.6.2).
fn token(text: &[u8]) -> Begin<'_, &[u8]> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let end = text.iter().position(|byte| !is_plain(byte));
    let (token, rest) = text.split_at(end.unwrap_or(text.len()));
    (!token.is_empty()).then_some((token, rest))
}

/// A quoted string (RFC 9110, section 5.6.4) behind its first quote.
fn quoted(text: &[u8]) -> Begin<'_, Cow<'_, [u8]>> {
    let end = text.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    if text[end] == b'"' {
        return Some((Cow::Borrowed(&text[..end]), &text[end + 1..]));
    }
    let mut value = text[..end].to_vec();
    let mut rest = &text[end..];
    loop {
        match rest {
            [b'"', after @ ..] => return Some((Cow::Owned(value), after)),
            [b'\\', byte, after @ ..] | [byte, after @ ..] => {
                value.push(*byte);
                rest = after;
            }
            [] => return None,
        }
    }
}

/// `node` (RFC 7239, section 6) where it is an address; the older header has IPv6 addresses
/// without brackets, too.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let (address, port) = if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        (IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), port)
    } else if let Ok(address) = text.parse() {
        (address, "")
    } else {
        let (address, port) = text.split_at(text.find(':')?);
        (IpAddr::V4(address.parse::<Ipv4Addr>().ok()?), port)
    };
    let valid = port.is_empty() || port.strip_prefix(':').is_some_and(is_node_port);
    valid.then(|| address.to_canonical())
}

/// `node-port`: digits, or an underscore and a name that stands for them.
fn is_node_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            !name.is_empty() && name.bytes().all(plain)
        }
        None => (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests;
