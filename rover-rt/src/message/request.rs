//! A request as those see it who answer it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use arrayvec::ArrayString;
use rover_model::plan::{Param, Part};

use super::decode::{cookie_text, form_pairs};
use super::forwarded::{Peer, Said};
use super::headers::{Headers, Known};
use super::host::{Scheme, normal};
use super::path::Path;

/// What a handler can ask about its request. Nothing is copied into it.
pub(crate) struct RequestData<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a Path<'a>,
    pub(crate) query: &'a str,
    /// What the target or `Host` names: valid, or empty.
    pub(crate) host: &'a [u8],
    pub(crate) headers: Headers<'a>,
    pub(crate) params: &'static [Param],
    /// The number of the route that answers it, once that is known.
    pub(crate) route: Option<u16>,
    pub(crate) body: Option<&'a [u8]>,
    pub(crate) peer: Peer<'a>,
    pub(crate) request_id: &'a RequestId<'a>,
}

impl<'a> RequestData<'a> {
    /// A request with a method and a path, and nothing else.
    pub(crate) fn bare(
        method: &'a str,
        path: &'a Path<'a>,
        peer: IpAddr,
        request_id: &'a RequestId<'a>,
    ) -> Self {
        RequestData {
            method,
            path,
            query: "",
            host: b"",
            headers: Headers::new(&[]),
            params: &[],
            route: None,
            body: None,
            peer: Peer {
                address: peer,
                trusted: &[],
            },
            request_id,
        }
    }

    /// A text of the request, by what the compiler calls it.
    pub(crate) fn part(&self, part: &Part) -> Option<Cow<'a, [u8]>> {
        match part {
            Part::Method => Some(self.method.as_bytes().into()),
            Part::Path => Some(self.path.raw().as_bytes().into()),
            Part::ClientIp => Some(self.client().to_string().into_bytes().into()),
            Part::Host => Some(self.origin().1),
            Part::Scheme => Some(self.origin().0.as_str().as_bytes().into()),
            Part::Url => Some(self.url().into()),
            Part::RequestId => Some(self.request_id.as_str().as_bytes().into()),
            Part::Param(name) => self.param(name.as_bytes()),
            Part::Query(name) => self.query_value(name.as_bytes()),
            Part::Header(name) => self.headers.joined(name),
            Part::Cookie(name) => self.cookie(name.as_bytes()),
        }
    }

    /// The client's address: the peer's, or the one that trusted proxies say.
    pub(crate) fn client(&self) -> IpAddr {
        self.said().client
    }

    /// What proxies say of it that are trusted.
    fn said(&self) -> Said<'a> {
        self.peer.said(&self.headers)
    }

    /// How the client has asked, and for which host, which is empty where it named none.
    fn origin(&self) -> (Scheme, Cow<'a, [u8]>) {
        let Said { host, scheme, .. } = self.said();
        let scheme = scheme.unwrap_or(Scheme::Http);
        let host = host.unwrap_or(Cow::Borrowed(self.host));
        (scheme, normal(host, scheme))
    }

    /// What the client has asked for, as a URL; from the path on where it named no host.
    fn url(&self) -> Vec<u8> {
        let (scheme, host) = self.origin();
        let path = self.path.raw();
        let before = match (host.is_empty(), path.starts_with("//")) {
            (false, _) => [scheme.as_str().as_bytes(), b"://", &host].concat(),
            // Without a host, what stands behind two slashes would be one.
            (true, true) => b"/.".to_vec(),
            (true, false) => Vec::new(),
        };
        let mark = if self.query.is_empty() { "" } else { "?" };
        let after = [path, mark, self.query].concat();
        [before, after.into_bytes()].concat()
    }

    /// A parameter of the path, decoded.
    pub(crate) fn param(&self, name: &[u8]) -> Option<Cow<'a, [u8]>> {
        let mut params = self.params.iter();
        let found = params.find(|param| param.name.as_bytes() == name);
        found.map(|param| self.path.param(param).into())
    }

    /// A value of the query, decoded: the last of several.
    pub(crate) fn query_value(&self, name: &[u8]) -> Option<Cow<'a, [u8]>> {
        let pairs = form_pairs(self.query.as_bytes());
        let found = pairs.filter(|(known, _)| known.as_bytes() == name).last();
        found.map(|(_, value)| match value {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    }

    /// A cookie: the first of several.
    pub(crate) fn cookie(&self, name: &[u8]) -> Option<Cow<'a, [u8]>> {
        let mut cookies = self.headers.cookies();
        let found = cookies.find(|(known, _)| **known == *name);
        found.map(|(_, value)| cookie_text(value))
    }
}

/// A request's identifier: the client's `x-request-id` or one of ours.
pub(crate) enum RequestId<'a> {
    Sent(&'a str),
    /// It has room for a prefix and the longest number.
    Own(ArrayString<32>),
}

impl RequestId<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            RequestId::Sent(text) => text,
            RequestId::Own(text) => text,
        }
    }
}

/// Gives request identifiers: a worker's random part and a counter.
pub(crate) struct RequestIds {
    prefix: ArrayString<32>,
    next: Cell<u64>,
}

impl RequestIds {
    pub(crate) fn new() -> Self {
        let mut prefix = ArrayString::new();
        let random = RandomState::new().hash_one(std::thread::current().id()) as u32;
        // There is room.
        let _ = write!(prefix, "{random:08x}-");
        RequestIds {
            prefix,
            next: Cell::new(1),
        }
    }

    /// The sent identifier, if it is short and printable; else a new one.
    pub(crate) fn of<'a>(&self, headers: &Headers<'a>) -> RequestId<'a> {
        if let Some(sent) = headers.known(Known::RequestId).next()
            && (1..=128).contains(&sent.len())
            && sent.iter().all(u8::is_ascii_graphic)
            && let Ok(text) = std::str::from_utf8(sent)
        {
            return RequestId::Sent(text);
        }
        let number = self.next.get();
        self.next.set(number + 1);
        let mut id = self.prefix;
        // There is room.
        let _ = id.try_push_str(itoa::Buffer::new().format(number));
        RequestId::Own(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_room() {
        let ids = RequestIds::new();
        ids.next.set(u64::MAX - 1);
        let id = ids.of(&Headers::new(&[]));
        assert!(id.as_str().ends_with("-18446744073709551614"));
    }
}
