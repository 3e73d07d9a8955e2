//! Answers that are always the same: made once for each worker, with a validator.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::Ipv4Addr;

use http::StatusCode;
use http::header::{CONTENT_TYPE, ETAG, HeaderValue};

use crate::http1::Prepared;
use crate::message::headers::{Headers, Known};
use crate::message::reply::{ContentType, Reply};
use crate::message::request::{RequestData, RequestIds};
use crate::program::{Method, Path, Program};
use crate::service::added::{Added, Place};
use crate::vm::Vm;

/// A prepared answer, and the one for clients that have it already.
pub(crate) struct Constant {
    whole: Prepared,
    known: Option<(Vec<u8>, Prepared)>,
}

impl Constant {
    /// Runs the constant handlers. One that fails is left to fail at its requests.
    pub(crate) fn prepare(program: &Program, vm: &Vm, added: &Added) -> Vec<Option<Constant>> {
        let routes = program.routes.iter().enumerate();
        routes
            .map(|(index, route)| {
                let index = u16::try_from(index).ok().filter(|_| route.needs.constant)?;
                Constant::new(vm, index, route.method, added)
            })
            .collect()
    }

    fn new(vm: &Vm, route: u16, method: Method, added: &Added) -> Option<Self> {
        let (ids, nothing, path) = (RequestIds::new(), Headers::new(&[]), Path::ROOT);
        let id = ids.of(&nothing);
        let request = RequestData::bare("GET", &path, Ipv4Addr::LOCALHOST.into(), &id);
        let mut reply = vm.try_call(route, &request)?;
        let varies = added.prepare(Place::Route(route), &mut reply);
        // RFC 9110, section 13.1.2: for other methods the condition is about what they do.
        Some(match method {
            Method::Get | Method::Head => Constant::of(reply, varies),
            _ => Constant {
                whole: Prepared::new(reply, varies),
                known: None,
            },
        })
    }

    /// An answer to GET and HEAD that is always this, but for headers that depend on who asks.
    pub(crate) fn of(mut reply: Reply, varies: bool) -> Self {
        if reply.status.unwrap_or(StatusCode::OK) == StatusCode::OK {
            let tag = tag(&reply);
            reply.headers_mut().entry(ETAG).or_insert(tag);
        }
        let known = reply.header(&ETAG).map(|tag| {
            let mut not_modified = Reply::empty(StatusCode::NOT_MODIFIED);
            let headers = reply.headers().filter(|(name, _)| *name != CONTENT_TYPE);
            let headers = headers.map(|(name, value)| (name.clone(), value.clone()));
            not_modified.headers_mut().extend(headers);
            not_modified.close = reply.close;
            (
                opaque(tag.as_bytes()).to_vec(),
                Prepared::new(not_modified, varies),
            )
        });
        let whole = Prepared::new(reply, varies);
        Constant { whole, known }
    }

    /// The answer, or 304 where the client has it already (RFC 9110, section 13.1.2).
    pub(crate) fn answer(&self, request: &Headers<'_>) -> &Prepared {
        let mut lines = request.known(Known::IfNoneMatch).peekable();
        if let (Some(_), Some((tag, not_modified))) = (lines.peek(), &self.known) {
            let mut given = lines
                .flat_map(|line| line.split(|b| *b == b','))
                .map(<[u8]>::trim_ascii);
            if given.any(|given| given == b"*" || opaque(given) == *tag) {
                return not_modified;
            }
        }
        &self.whole
    }
}

/// A strong validator: the same for the same bytes in every worker and build.
fn tag(reply: &Reply) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    let content_type = reply.content_type.as_ref().map(ContentType::as_bytes);
    (&reply.body, content_type).hash(&mut hasher);
    let text = format!("\"{:016x}\"", hasher.finish());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// A tag for the weak comparison (RFC 9110, section 8.8.3.2).
fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}
