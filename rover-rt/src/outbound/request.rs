//! What a program asks another server for.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use smallvec::SmallVec;

use crate::wait::error::WaitError;

use super::defaults::Defaults;
use super::error::argument;
use super::headers::checked_header;
use super::proxy::Proxy;
use super::url::{Url, encode};
use crate::tls::{self, Trust};

/// How large an answer may be that is collected, unless it is said otherwise.
pub(crate) const MAX_BODY: u64 = 8 << 20;

/// A request, checked: nothing in it can end a line or a header.
#[derive(Clone, Debug)]
pub(crate) struct FetchRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    /// What is behind the address: pairs, encoded.
    query: Vec<u8>,
    /// Shared with the client until the program sets one.
    pub(super) headers: Rc<HeaderMap>,
    /// Headers of the request being served.
    passed_on: SmallVec<[(HeaderName, HeaderValue); 1]>,
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
    /// Whether headers of the request being served go along.
    pub(crate) trace: bool,
}

impl FetchRequest {
    /// What the requests of a client begin as.
    pub(crate) fn new(defaults: &Defaults) -> Self {
        FetchRequest {
            method: Method::GET,
            url: defaults.base_url.clone().unwrap_or_default(),
            query: Vec::new(),
            headers: Rc::new(defaults.headers.clone()),
            passed_on: SmallVec::new(),
            body: None,
            proxy: defaults.proxy.clone(),
            trust: defaults.trust.clone(),
            timeout: defaults.timeout,
            redirects: defaults.redirects,
            retries: defaults.retries,
            max_body: defaults.max_body,
            stream: false,
            trace: true,
        }
    }

    /// Adds pairs to the address.
    pub(crate) fn query<'a>(&mut self, pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) {
        push_pairs(pairs, "%20", &mut self.query);
    }

    /// Puts what `query` was given behind the address.
    pub(super) fn finish(&mut self) {
        if !self.query.is_empty() {
            self.url = self.url.with_query(&std::mem::take(&mut self.query));
        }
    }

    /// Sets a header, in place of a client's own or of one that is always sent.
    pub(crate) fn set_header(&mut self, name: &[u8], value: &[u8]) -> Result<(), WaitError> {
        let (name, value) = checked_header(name, value)?;
        Rc::make_mut(&mut self.headers).insert(name, value);
        Ok(())
    }

    /// Adds a header of which there may be others.
    pub(crate) fn add_header(&mut self, name: &[u8], value: &[u8]) -> Result<(), WaitError> {
        let (name, value) = checked_header(name, value)?;
        Rc::make_mut(&mut self.headers).append(name, value);
        Ok(())
    }

    /// Sends a header along that belongs to the request being served, unless the program has set it.
    pub(crate) fn pass_on(&mut self, name: &'static str, value: &[u8]) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            self.passed_on.push((HeaderName::from_static(name), value));
        }
    }

    /// Headers of the request being served that the program has not set.
    pub(super) fn passed_on(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        let passed_on = self.passed_on.iter();
        passed_on.filter(|(name, _)| !self.headers.contains_key(name))
    }

    /// Forgets headers.
    pub(super) fn forget(&mut self, names: &[HeaderName]) {
        if names.iter().any(|name| self.headers.contains_key(name)) {
            let headers = Rc::make_mut(&mut self.headers);
            for name in names {
                headers.remove(name);
            }
        }
    }

    /// Sends bytes. Their type is sent unless the program has set one.
    pub(crate) fn bytes(&mut self, body: Bytes, content_type: Option<&'static str>) {
        self.body = Some(body);
        if let Some(content_type) = content_type {
            Rc::make_mut(&mut self.headers)
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
        push_pairs(pairs, "+", &mut body);
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

/// Appends pairs, encoded, to those that are there.
fn push_pairs<'a>(
    pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    space: &str,
    text: &mut Vec<u8>,
) {
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push(b'&');
        }
        encode(name, space, text);
        text.push(b'=');
        encode(value, space, text);
    }
}

pub(super) fn checked_method(method: &[u8]) -> Result<Method, WaitError> {
    let shown = || String::from_utf8_lossy(method).escape_debug().to_string();
    let checked = Method::from_bytes(method)
        .map_err(|_| argument(format!("\"{}\" is not a method", shown())))?;
    // Neither has a meaning for a program (the first one belongs to proxies).
    if checked == Method::CONNECT || checked == Method::TRACE {
        return Err(argument(format!("the method {checked} cannot be sent")));
    }
    Ok(checked)
}
