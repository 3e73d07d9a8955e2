use std::cell::Cell;
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use bytes::Bytes;
use hyper::header::HeaderMap;
use smallvec::SmallVec;

use crate::program::{Param, Path};

/// What a handler can ask about its request. Nothing is copied into it.
pub(crate) struct RequestData<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a Path<'a>,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) params: &'static [Param],
    pub(crate) body: Option<Bytes>,
    pub(crate) client_ip: IpAddr,
    pub(crate) request_id: &'a RequestId,
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
    pub(crate) fn of(&self, headers: &HeaderMap) -> RequestId {
        if let Some(sent) = headers.get("x-request-id") {
            let sent = sent.as_bytes();
            if (1..=128).contains(&sent.len()) && sent.iter().all(u8::is_ascii_graphic) {
                return RequestId(SmallVec::from_slice(sent));
            }
        }
        let number = self.next.get();
        self.next.set(number + 1);
        let mut id = SmallVec::from_slice(self.prefix.as_bytes());
        id.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        RequestId(id)
    }
}
