//! Answers that are always the same: made once for each worker, with a validator.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use hyper::{Response, StatusCode};

use crate::program::{Path, Program};
use crate::request::{RequestData, RequestIds};
use crate::vm::Vm;

/// A prepared answer.
pub(crate) struct Constant {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Constant {
    /// Runs the constant handlers. One that fails is left to fail at its requests.
    pub(crate) fn prepare(program: &Program, vm: &Vm) -> Vec<Option<Constant>> {
        let routes = program.routes.iter().enumerate();
        routes
            .map(|(index, route)| {
                let index = u16::try_from(index).ok().filter(|_| route.needs.constant)?;
                Constant::new(vm, index)
            })
            .collect()
    }

    fn new(vm: &Vm, route: u16) -> Option<Self> {
        let id = RequestIds::new().of(&HeaderMap::new());
        let path = Path::parse("/").ok()?;
        let request = RequestData {
            method: "GET",
            path: &path,
            query: "",
            headers: &HeaderMap::new(),
            params: &[],
            body: None,
            client_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            request_id: &id,
        };
        let reply = vm.try_call(route, &request)?;
        let body = Bytes::copy_from_slice(&reply.body);
        let response = reply.into_response();
        let status = response.status();
        let mut headers = response.headers().clone();
        if status == StatusCode::OK && !headers.contains_key(ETAG) {
            headers.insert(ETAG, tag(&body, headers.get(CONTENT_TYPE)));
        }
        let body = if headers.contains_key(CONTENT_TYPE) {
            body
        } else {
            Bytes::new()
        };
        Some(Constant {
            status,
            headers,
            body,
        })
    }

    /// The answer, or 304 where the client has it already (RFC 9110, section 13.1.2).
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response<Full<Bytes>> {
        let tag = self.headers.get(ETAG);
        let known = tag.is_some_and(|tag| client_has(request, tag));
        let mut headers = self.headers.clone();
        let (status, body) = if known {
            headers.remove(CONTENT_TYPE);
            (StatusCode::NOT_MODIFIED, Bytes::new())
        } else {
            (self.status, self.body.clone())
        };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

/// A strong validator: the same for the same bytes in every worker and build.
fn tag(body: &[u8], content_type: Option<&HeaderValue>) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    (body, content_type.map(HeaderValue::as_bytes)).hash(&mut hasher);
    let text = format!("\"{:016x}\"", hasher.finish());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"0\""))
}

fn client_has(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let strong = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
    let tag = strong(tag.as_bytes());
    let lines = request.get_all(IF_NONE_MATCH).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|b| *b == b','))
        .map(<[u8]>::trim_ascii)
        .any(|given| given == b"*" || strong(given) == tag)
}
