//! A request as a connection carries it.

use std::io::Write as _;

use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request};
use http_body_util::Full;

use crate::wait::error::WaitError;

use super::http2::Body;
use super::proxy::Proxy;
use super::request::FetchRequest;

/// Appends the head of a request by HTTP/1.1. What goes to a proxy names the server, too (RFC 9112 section 3.2.2).
pub(super) fn write(request: &FetchRequest, proxy: Option<&Proxy>, out: &mut Vec<u8>) {
    let url = &request.url;
    let proxy = proxy.filter(|_| !url.is_https());
    out.reserve(256);
    out.extend_from_slice(request.method.as_str().as_bytes());
    out.push(b' ');
    let target = match proxy {
        Some(_) => url.as_str(),
        None => url.path_text(),
    };
    out.extend_from_slice(target.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
    for (name, value) in &*request.headers {
        line(out, name, value);
    }
    for (name, value) in request.passed_on() {
        line(out, name, value);
    }
    let unless_said = |name: &HeaderName| !request.headers.contains_key(name);
    if unless_said(&header::HOST) {
        out.extend_from_slice(b"host: ");
        out.extend_from_slice(url.authority().as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if let Some(authorization) = proxy.and_then(Proxy::authorization) {
        line(out, &header::PROXY_AUTHORIZATION, authorization);
    }
    if let Some(credentials) = url.credentials()
        && unless_said(&header::AUTHORIZATION)
    {
        line(out, &header::AUTHORIZATION, credentials);
    }
    if let Some(length) = length(request) {
        // A vector takes all.
        let _ = write!(out, "content-length: {length}\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

fn line(out: &mut Vec<u8>, name: &HeaderName, value: &HeaderValue) {
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// What `content-length` says. Of a method for which a body has a meaning it says that there is none
/// (RFC 9110 section 8.6).
fn length(request: &FetchRequest) -> Option<usize> {
    let length = request.body.as_ref().map_or(0, bytes::Bytes::len);
    let has_meaning = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
    (length > 0 || has_meaning).then_some(length)
}

/// A request by HTTP/2.
pub(super) fn of_http2(request: &FetchRequest) -> Result<Request<Body>, WaitError> {
    let url = &request.url;
    let mut headers: HeaderMap = (*request.headers).clone();
    headers.remove(header::HOST);
    for (name, value) in request.passed_on() {
        headers.insert(name, value.clone());
    }
    if let Some(credentials) = url.credentials() {
        let entry = headers.entry(header::AUTHORIZATION);
        entry.or_insert_with(|| credentials.clone());
    }
    if let Some(length) = length(request) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    let mut message = Request::new(Full::new(request.body.clone().unwrap_or_default()));
    *message.method_mut() = request.method.clone();
    *message.uri_mut() = url.absolute_form()?;
    *message.headers_mut() = headers;
    Ok(message)
}
