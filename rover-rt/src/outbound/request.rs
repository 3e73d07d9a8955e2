//! What a program asks another server for.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::wait::error::WaitError;

use super::defaults::Defaults;
use super::error::argument;
use super::headers::checked_header;
use super::proxy::Proxy;
use super::url::{Spaces, Url, encode, has_scheme};
use crate::tls::{self, Trust};

/// How large an answer may be that is collected, unless it is said otherwise.
pub(crate) const MAX_BODY: u64 = 8 << 20;

/// A request, checked: nothing in it can end a line or a header.
#[derive(Clone, Debug)]
pub(crate) struct FetchRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) proxy: Option<Proxy>,
    pub(super) trust: Trust,
    /// For the whole exchange; of an answer that is streamed, for its head and for each chunk.
    pub(crate) timeout: Duration,
    /// How many redirects are followed.
    pub(crate) redirects: u32,
    /// How often the request is sent again that never reached its server, if it is idempotent.
    pub(crate) retries: u32,
    /// How many bytes of an answer are taken, decoded: 8 MiB of one that is collected, any number of
    /// one that is streamed.
    pub(crate) max_body: Option<u64>,
    /// Whether the body is read while it comes.
    pub(crate) stream: bool,
}

impl FetchRequest {
    pub(super) fn new(defaults: &Defaults, method: &[u8], url: &str) -> Result<Self, WaitError> {
        Ok(FetchRequest {
            method: checked_method(method)?,
            url: address(defaults, url)?,
            headers: defaults.headers.clone(),
            body: None,
            proxy: defaults.proxy.clone(),
            trust: defaults.trust.clone(),
            timeout: defaults.timeout,
            redirects: defaults.redirects,
            retries: defaults.retries,
            max_body: defaults.max_body,
            stream: false,
        })
    }

    /// Adds pairs to the address.
    pub(crate) fn query<'a>(&mut self, pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) {
        self.url.add_query(pairs);
    }

    /// Sets a header, in place of a client's own or of one that is always sent.
    pub(crate) fn set_header(&mut self, name: &[u8], value: &[u8]) -> Result<(), WaitError> {
        let (name, value) = checked_header(name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// Adds a header of which there may be others.
    pub(crate) fn add_header(&mut self, name: &[u8], value: &[u8]) -> Result<(), WaitError> {
        let (name, value) = checked_header(name, value)?;
        self.headers.append(name, value);
        Ok(())
    }

    /// Sends a header along that belongs to the request being served, unless the program has set it.
    pub(crate) fn pass_on(&mut self, name: &'static str, value: &[u8]) {
        let name = HeaderName::from_static(name);
        if let Ok(value) = HeaderValue::from_bytes(value) {
            self.headers.entry(name).or_insert(value);
        }
    }

    /// Sends bytes. Their type is sent unless the program has set one.
    pub(crate) fn bytes(&mut self, body: Bytes, content_type: Option<&'static str>) {
        self.body = Some(body);
        if let Some(content_type) = content_type {
            self.headers
                .entry(header::CONTENT_TYPE)
                .or_insert(HeaderValue::from_static(content_type));
        }
    }

    /// Sends a value that is written as JSON.
    pub(crate) fn json(&mut self, json: Bytes) {
        self.bytes(json, Some("application/json"));
    }

    /// Sends the pairs of a form.
    pub(crate) fn form<'a>(&mut self, pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) {
        let mut body = Vec::new();
        for (name, value) in pairs {
            if !body.is_empty() {
                body.push(b'&');
            }
            encode(name, "+", &mut body);
            body.push(b'=');
            encode(value, "+", &mut body);
        }
        self.bytes(body.into(), Some("application/x-www-form-urlencoded"));
    }

    /// Goes by a proxy.
    pub(crate) fn proxy(&mut self, address: &str) -> Result<(), WaitError> {
        self.proxy = Some(Proxy::parse(address)?);
        Ok(())
    }

    /// Goes by no proxy.
    pub(crate) fn no_proxy(&mut self) {
        self.proxy = None;
    }

    /// Says whom to trust. Authorities are read when the first connection is made.
    pub(crate) fn trust(&mut self, trust: Trust) {
        self.trust = trust;
    }

    /// Says what is wrong with the authorities that are trusted.
    pub(crate) fn check_trust(&self) -> Result<(), WaitError> {
        tls::check(&self.trust)
    }

    /// Whether sending it twice is as good as once (RFC 9110 section 9.2.2).
    pub(super) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent()
    }

    /// How many bytes of the answer are taken.
    pub(super) fn limit(&self) -> u64 {
        match self.max_body {
            Some(limit) => limit,
            None if self.stream => u64::MAX,
            None => MAX_BODY,
        }
    }
}

fn address(defaults: &Defaults, url: &str) -> Result<Url, WaitError> {
    let Some(base) = &defaults.base_url else {
        return Url::parse(url, Spaces::Refused);
    };
    if !has_scheme(url) {
        return base.with_path(url);
    }
    let url = Url::parse(url, Spaces::Refused)?;
    // The client's headers may hold a secret that is meant for its own server.
    if !url.is_same_origin(base) {
        let (host, base) = (url.host(), base.as_str());
        let message = format!("{host} is another server than the client's base_url {base}");
        return Err(WaitError::new("url", message));
    }
    Ok(url)
}

fn checked_method(method: &[u8]) -> Result<Method, WaitError> {
    let shown = || String::from_utf8_lossy(method).escape_debug().to_string();
    let checked = Method::from_bytes(method)
        .map_err(|_| argument(format!("\"{}\" is not a method", shown())))?;
    // Neither has a meaning for a program (the first one belongs to proxies).
    if checked == Method::CONNECT || checked == Method::TRACE {
        return Err(argument(format!("the method {checked} cannot be sent")));
    }
    Ok(checked)
}
