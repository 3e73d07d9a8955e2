//! What protects pages: headers of answers that are HTML, where they say nothing else themselves.

use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use rover_model::SecurityHeaders;

use crate::message::reply::{ContentType, Reply};

/// What CSP calls those who may show a page in a frame.
const FRAME_ANCESTORS: &[u8] = b"frame-ancestors";

pub(super) struct PageHeaders {
    headers: Vec<(HeaderName, HeaderValue)>,
    /// All of them, for the pages that have no headers of their own.
    lines: Vec<u8>,
}

impl PageHeaders {
    pub(super) fn new(options: &SecurityHeaders) -> Self {
        let mut headers = Vec::new();
        let mut add = |name: HeaderName, value: &str| {
            // The option takes no other texts.
            headers.extend(HeaderValue::from_str(value).map(|value| (name, value)));
        };
        if options.content_type_options {
            add(X_CONTENT_TYPE_OPTIONS, "nosniff");
        }
        if let Some(policy) = &options.referrer_policy {
            add(REFERRER_POLICY, policy);
        }
        if let Some(sources) = &options.frame_ancestors {
            add(
                CONTENT_SECURITY_POLICY,
                &format!("frame-ancestors {sources}"),
            );
        }
        let lines = headers.iter().flat_map(|(name, value)| line(name, value));
        PageHeaders {
            lines: lines.collect(),
            headers,
        }
    }

    #[inline]
    pub(super) fn write(&self, reply: &Reply, out: &mut Vec<u8>) {
        match &reply.content_type {
            Some(ContentType::Html) if !reply.has_headers() => out.extend_from_slice(&self.lines),
            Some(ContentType::Json | ContentType::Text) => {}
            None if !reply.has_headers() => {}
            _ => self.write_missing(reply, out),
        }
    }

    fn write_missing(&self, reply: &Reply, out: &mut Vec<u8>) {
        for (name, value) in self.missing(reply) {
            out.extend(line(name, value));
        }
    }

    /// Makes them headers of an answer.
    pub(super) fn add(&self, reply: &mut Reply) {
        let missing: Vec<_> = self.missing(reply).cloned().collect();
        for (name, value) in missing {
            reply.headers_mut().append(name, value);
        }
    }

    /// Those that an answer should have and has not.
    fn missing(&self, reply: &Reply) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        let is_html = is_html(reply);
        let headers = self.headers.iter();
        headers.filter(move |(name, _)| is_html && !says(reply, name))
    }
}

/// Whether an answer says itself what a header of ours is about.
fn says(reply: &Reply, name: &HeaderName) -> bool {
    if name != CONTENT_SECURITY_POLICY {
        return reply.header(name).is_some();
    }
    // Beside `frame-ancestors` browsers do not look at the older header, which may say less.
    let policies = reply.headers().filter(|(known, _)| *known == name);
    let mut about_frames = policies.map(|(_, value)| value.as_bytes());
    let is_about_frames = |policy: &[u8]| {
        let mut words = policy.windows(FRAME_ANCESTORS.len());
        words.any(|word| word.eq_ignore_ascii_case(FRAME_ANCESTORS))
    };
    reply.header(&X_FRAME_OPTIONS).is_some() || about_frames.any(is_about_frames)
}

fn is_html(reply: &Reply) -> bool {
    let own = reply.header(&CONTENT_TYPE).map(HeaderValue::as_bytes);
    let kind = own.or(reply.content_type.as_ref().map(ContentType::as_bytes));
    let essence = kind.and_then(|kind| kind.split(|b| *b == b';').next());
    essence.is_some_and(|essence| {
        let essence = essence.trim_ascii();
        [&b"text/html"[..], b"application/xhtml+xml"]
            .iter()
            .any(|html| essence.eq_ignore_ascii_case(html))
    })
}

fn line(name: &HeaderName, value: &HeaderValue) -> Vec<u8> {
    [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat()
}
