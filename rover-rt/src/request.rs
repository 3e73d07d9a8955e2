use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use httparse::Header;
use smallvec::SmallVec;

use crate::decode::cookie_pairs;
use crate::program::{Param, Path};

/// What a handler can ask about its request. Nothing is copied into it.
pub(crate) struct RequestData<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a Path<'a>,
    pub(crate) query: &'a str,
    pub(crate) headers: Headers<'a>,
    pub(crate) params: &'static [Param],
    pub(crate) body: Option<&'a [u8]>,
    pub(crate) client_ip: IpAddr,
    pub(crate) request_id: &'a RequestId,
}

/// A request's headers as they came. There are few, so a search goes through the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Headers<'a> {
    list: &'a [Header<'a>],
}

impl<'a> Headers<'a> {
    pub(crate) fn new(list: &'a [Header<'a>]) -> Self {
        Headers { list }
    }

    /// The first value of a header, whose name is given in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.get_all(name).next()
    }

    /// Every value of a header, in order.
    pub(crate) fn get_all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let same = move |h: &&Header<'a>| h.name.eq_ignore_ascii_case(name);
        self.list.iter().filter(same).map(|h| h.value)
    }

    /// A header's value; those of a repeated one are joined (RFC 9110, section 5.3).
    pub(crate) fn joined(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        let mut values = self.get_all(name);
        let first = values.next()?;
        Some(match values.next() {
            None => Cow::Borrowed(first),
            Some(second) => {
                let all: Vec<&[u8]> = [first, second].into_iter().chain(values).collect();
                Cow::Owned(all.join(&b", "[..]))
            }
        })
    }

    /// Every name once, as it was sent first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        let list = self.list;
        list.iter().enumerate().filter_map(move |(at, header)| {
            let before = list[..at].iter();
            let known = before
                .clone()
                .any(|h| h.name.eq_ignore_ascii_case(header.name));
            (!known).then_some(header.name)
        })
    }

    /// The cookies, in order.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.get_all("cookie").flat_map(cookie_pairs)
    }
}

/// A request's identifier: the client's `x-request-id` or one of ours.
pub(crate) struct RequestId(SmallVec<[u8; 32]>);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Gives request identifiers: a worker's random part and a counter.
pub(crate) struct RequestIds {
    prefix: String,
    next: Cell<u64>,
}

impl RequestIds {
    pub(crate) fn new() -> Self {
        let mut prefix = String::new();
        let random = RandomState::new().hash_one(std::thread::current().id()) as u32;
        // Writing to a String does not fail.
        let _ = write!(prefix, "{random:08x}-");
        RequestIds {
            prefix,
            next: Cell::new(1),
        }
    }

    /// The sent identifier, if it is short and printable; else a new one.
    pub(crate) fn of(&self, headers: &Headers<'_>) -> RequestId {
        if let Some(sent) = headers.get("x-request-id")
            && (1..=128).contains(&sent.len())
            && sent.iter().all(u8::is_ascii_graphic)
        {
            return RequestId(SmallVec::from_slice(sent));
        }
        let number = self.next.get();
        self.next.set(number + 1);
        let mut id = SmallVec::from_slice(self.prefix.as_bytes());
        id.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        RequestId(id)
    }
}
