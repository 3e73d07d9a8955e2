//! A policy, and the header lines that follow from it.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW,
    HeaderName, HeaderValue, VARY,
};
use rover_model::Method;
use rover_model::cors::{CorsPolicy, OriginPattern};
use rover_model::plan::Text;

use crate::message::reply::Reply;
use crate::message::request::RequestData;

pub(super) struct Policy {
    origins: Origins,
    /// What an answer has beside the origin.
    answer: Vec<(HeaderName, HeaderValue)>,
    /// The same as lines.
    answer_lines: Vec<u8>,
    /// What a preflight's answer depends on, as a line.
    preflight_vary: Vec<u8>,
    /// What it has beside the origin, the methods and the headers.
    preflight_lines: Vec<u8>,
    /// The methods that are allowed, where it is not those that the path has.
    methods: Option<String>,
    /// The headers that are allowed, where it is not those that are asked for.
    headers: Option<String>,
}

enum Origins {
    /// All, or one. Answers say so whoever asks, as the Fetch standard has it in "CORS protocol and HTTP
    /// caches".
    Always(HeaderValue),
    Listed {
        /// In order.
        exact: Vec<Box<[u8]>>,
        patterns: Vec<OriginPattern>,
    },
}

impl Origins {
    fn new(origins: &[Text]) -> Self {
        if let [one] = origins {
            let single = match &**one {
                "*" | "null" => Some(one.to_string()),
                text => OriginPattern::parse(text)
                    .ok()
                    .and_then(|pattern| pattern.single()),
            };
            if let Some(Ok(value)) = single.as_deref().map(HeaderValue::from_str) {
                return Origins::Always(value);
            }
        }
        let (mut exact, mut patterns) = (Vec::new(), Vec::new());
        for origin in origins {
            match OriginPattern::parse(origin) {
                Ok(pattern) => match pattern.single() {
                    Some(one) => exact.push(one.into_bytes().into()),
                    None => patterns.push(pattern),
                },
                // `null`
                Err(_) => exact.push(origin.as_bytes().into()),
            }
        }
        exact.sort();
        Origins::Listed { exact, patterns }
    }

    /// The origin that an answer names, which a request's must be.
    fn allowed<'a>(&'a self, request: &RequestData<'a>) -> Option<&'a [u8]> {
        let (exact, patterns) = match self {
            Origins::Always(value) => return Some(value.as_bytes()),
            Origins::Listed { exact, patterns } => (exact, patterns),
        };
        let mut sent = request.headers.get_all("origin");
        let origin = sent.next()?;
        let known = exact
            .binary_search_by(|known| (**known).cmp(origin))
            .is_ok()
            || patterns.iter().any(|pattern| pattern.matches(origin));
        (known && sent.next().is_none()).then_some(origin)
    }

    fn vary(&self) -> bool {
        matches!(self, Origins::Listed { .. })
    }
}

impl Policy {
    pub(super) fn new(policy: &CorsPolicy) -> Self {
        let mut answer = Vec::new();
        let mut preflight_lines = Vec::new();
        if policy.credentials {
            let yes = HeaderValue::from_static("true");
            line(
                &ACCESS_CONTROL_ALLOW_CREDENTIALS,
                yes.as_bytes(),
                &mut preflight_lines,
            );
            answer.push((ACCESS_CONTROL_ALLOW_CREDENTIALS, yes));
        }
        if !policy.expose.is_empty() {
            let names = HeaderValue::from_str(&policy.expose.join(", "));
            answer.extend(names.map(|names| (ACCESS_CONTROL_EXPOSE_HEADERS, names)));
        }
        if let Some(seconds) = policy.max_age {
            let seconds = seconds.to_string();
            line(
                &ACCESS_CONTROL_MAX_AGE,
                seconds.as_bytes(),
                &mut preflight_lines,
            );
        }
        let mut answer_lines = Vec::new();
        for (name, value) in &answer {
            line(name, value.as_bytes(), &mut answer_lines);
        }
        let origins = Origins::new(&policy.origins);
        let depends = [
            origins.vary().then_some("Origin"),
            (policy.headers.is_none()).then_some("Access-Control-Request-Headers"),
        ];
        let depends: Vec<&str> = depends.into_iter().flatten().collect();
        let mut preflight_vary = Vec::new();
        if !depends.is_empty() {
            line(&VARY, depends.join(", ").as_bytes(), &mut preflight_vary);
        }
        let methods = policy.methods.as_ref();
        let methods =
            methods.map(|all| all.iter().map(|method| method.as_str()).collect::<Vec<_>>());
        Policy {
            origins,
            preflight_vary,
            answer,
            answer_lines,
            preflight_lines,
            methods: methods.map(|all| all.join(", ")),
            headers: policy.headers.as_ref().map(|names| names.join(", ")),
        }
    }

    /// Writes the lines of an answer, unless its handler says itself who may read it.
    pub(super) fn write(&self, request: &RequestData<'_>, reply: &mut Reply, out: &mut Vec<u8>) {
        if reply.header(&ACCESS_CONTROL_ALLOW_ORIGIN).is_some() {
            return;
        }
        if self.origins.vary() && !add_to_vary(reply, "Origin") {
            out.extend_from_slice(b"vary: Origin\r\n");
        }
        self.write_for_origin(request, out);
    }

    /// Writes those that a request's origin decides about.
    pub(super) fn write_for_origin(&self, request: &RequestData<'_>, out: &mut Vec<u8>) {
        if let Some(origin) = self.origins.allowed(request) {
            line(&ACCESS_CONTROL_ALLOW_ORIGIN, origin, out);
            out.extend_from_slice(&self.answer_lines);
        }
    }

    /// Adds to an answer what is the same for all requests. Gives whether there is more.
    pub(super) fn add(&self, reply: &mut Reply) -> bool {
        if reply.header(&ACCESS_CONTROL_ALLOW_ORIGIN).is_some() {
            return false;
        }
        let Origins::Always(origin) = &self.origins else {
            if !add_to_vary(reply, "Origin") {
                reply
                    .headers_mut()
                    .insert(VARY, HeaderValue::from_static("Origin"));
            }
            return true;
        };
        let headers = reply.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.extend(self.answer.iter().cloned());
        false
    }

    /// Writes the lines of an answer to a preflight, which has the path's methods in `Allow`.
    pub(super) fn write_preflight(
        &self,
        request: &RequestData<'_>,
        method: &str,
        reply: &Reply,
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(&self.preflight_vary);
        let Some(origin) = self.origins.allowed(request) else {
            return;
        };
        line(&ACCESS_CONTROL_ALLOW_ORIGIN, origin, out);
        let path = reply.header(&ALLOW).map(HeaderValue::as_bytes);
        let methods = self.methods.as_ref().map(String::as_bytes).or(path);
        if let Some(methods) = methods.or_else(|| known(method)) {
            line(&ACCESS_CONTROL_ALLOW_METHODS, methods, out);
        }
        match &self.headers {
            Some(listed) if listed.is_empty() => {}
            Some(listed) => line(&ACCESS_CONTROL_ALLOW_HEADERS, listed.as_bytes(), out),
            None => write_asked_headers(request, out),
        }
        out.extend_from_slice(&self.preflight_lines);
    }
}

/// A method that some route could have. Where a path has none, the page is to see its 404.
fn known(method: &str) -> Option<&'static [u8]> {
    let mut methods = Method::ALL.into_iter();
    let known = methods.find(|known| known.as_str() == method)?;
    Some(known.as_str().as_bytes())
}

/// Allows the headers that are asked for, as far as they are names.
fn write_asked_headers(request: &RequestData<'_>, out: &mut Vec<u8>) {
    let lines = request.headers.get_all("access-control-request-headers");
    let names = lines.flat_map(|line| line.split(|b| *b == b','));
    let mut names = names
        .map(<[u8]>::trim_ascii)
        .filter(|name| HeaderName::from_bytes(name).is_ok());
    let Some(first) = names.next() else {
        return;
    };
    out.extend_from_slice(ACCESS_CONTROL_ALLOW_HEADERS.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(first);
    for name in names {
        out.extend_from_slice(b", ");
        out.extend_from_slice(name);
    }
    out.extend_from_slice(b"\r\n");
}

/// Says in an answer's own `Vary` that it depends on a header. Gives whether it has one.
fn add_to_vary(reply: &mut Reply, on: &str) -> bool {
    if reply.header(&VARY).is_none() {
        return false;
    }
    let lines = reply.headers().filter(|(name, _)| *name == VARY);
    let mut names = lines.flat_map(|(_, value)| value.as_bytes().split(|b| *b == b','));
    let is_said = |name: &[u8]| {
        let name = name.trim_ascii();
        name == b"*" || name.eq_ignore_ascii_case(on.as_bytes())
    };
    let said = names.any(is_said);
    drop(names);
    if said {
        return true;
    }
    if let Some(value) = reply.headers_mut().get_mut(&VARY) {
        let both = [value.as_bytes(), b", ", on.as_bytes()].concat();
        if let Ok(both) = HeaderValue::from_bytes(&both) {
            *value = both;
        }
    }
    true
}

fn line(name: &HeaderName, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}
