//! A request that outlives the buffer that it was read into: copied when its handler begins to
//! wait, and not before.

use std::ops::Range;

use arrayvec::ArrayString;
use httparse::Header;
use rover_model::Network;
use rover_model::plan::Param;
use smallvec::SmallVec;

use super::forwarded::Peer;
use super::headers::Headers;
use super::path::{Path, PathParts};
use super::request::{RequestData, RequestId};

/// Where a text is in the bytes of a kept request.
type Span = Range<u32>;

/// A request of its own. Its texts stand in one block, one after the other.
#[derive(Debug)]
pub(crate) struct KeptRequest {
    bytes: Box<[u8]>,
    method: Span,
    path: Span,
    query: Span,
    host: Span,
    body: Option<Span>,
    /// Names and values.
    headers: Box<[(Span, Span)]>,
    params: &'static [Param],
    route: Option<u16>,
    parts: PathParts,
    address: std::net::IpAddr,
    id: KeptId,
}

#[derive(Debug)]
enum KeptId {
    Sent(Span),
    Own(ArrayString<32>),
}

impl KeptRequest {
    /// Copies a request.
    pub(crate) fn of(request: &RequestData<'_>) -> Self {
        let size = |headers: &Headers<'_>| -> usize {
            let sizes = headers.all().map(|(name, value)| name.len() + value.len());
            sizes.sum()
        };
        let id = request.request_id.as_str();
        let texts = [request.method, request.path.raw(), request.query, id];
        let room = texts.iter().map(|text| text.len()).sum::<usize>()
            + request.host.len()
            + request.body.map_or(0, <[u8]>::len)
            + size(&request.headers);
        let mut bytes = Vec::with_capacity(room);
        let mut keep = |text: &[u8]| {
            let start = bytes.len() as u32;
            bytes.extend_from_slice(text);
            start..bytes.len() as u32
        };
        let [method, path, query] =
            [request.method, request.path.raw(), request.query].map(|text| keep(text.as_bytes()));
        let host = keep(request.host);
        let headers = request.headers.all();
        let headers = headers
            .map(|(name, value)| (keep(name.as_bytes()), keep(value)))
            .collect();
        let body = request.body.map(&mut keep);
        let id = match request.request_id {
            RequestId::Sent(text) => KeptId::Sent(keep(text.as_bytes())),
            RequestId::Own(text) => KeptId::Own(*text),
        };
        KeptRequest {
            bytes: bytes.into(),
            method,
            path,
            query,
            host,
            body,
            headers,
            params: request.params,
            route: request.route,
            parts: request.path.parts(),
            address: request.peer.address,
            id,
        }
    }

    /// Bytes that are held by it.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.headers)
    }

    /// Gives the request to `f`.
    pub(crate) fn with<T>(
        &mut self,
        trusted: &[Network],
        f: impl FnOnce(&RequestData<'_>) -> T,
    ) -> T {
        let parts = std::mem::take(&mut self.parts);
        let bytes = &*self.bytes;
        let at = |span: &Span| &bytes[span.start as usize..span.end as usize];
        // It was text before.
        let text = |span: &Span| std::str::from_utf8(at(span)).unwrap_or_default();
        let headers = self.headers.iter().map(|(name, value)| Header {
            name: text(name),
            value: at(value),
        });
        let mut list: SmallVec<[Header<'_>; 24]> = SmallVec::new();
        list.extend(headers);
        let path = Path::of_parts(text(&self.path), parts);
        let id = match &self.id {
            KeptId::Sent(span) => RequestId::Sent(text(span)),
            KeptId::Own(own) => RequestId::Own(*own),
        };
        let result = f(&RequestData {
            method: text(&self.method),
            path: &path,
            query: text(&self.query),
            host: at(&self.host),
            headers: Headers::new(&list),
            params: self.params,
            route: self.route,
            body: self.body.as_ref().map(at),
            peer: Peer {
                address: self.address,
                trusted,
            },
            request_id: &id,
        });
        let parts = path.into_parts();
        drop(list);
        self.parts = parts;
        result
    }
}
