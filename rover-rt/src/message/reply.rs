//! Responses in the making.

use http::StatusCode;
use http::header::{
    ALLOW, CONNECTION, CONTENT_LOCATION, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap,
    HeaderName, HeaderValue, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use rover_model::json::write::string;
use rover_model::{Method, refused_header};

/// The request's identifier.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers with one value, of which a response has one (RFC 9110, section 5.3).
const SINGLE: [HeaderName; 9] = [
    CONTENT_LOCATION,
    CONTENT_RANGE,
    CONTENT_TYPE,
    DATE,
    ETAG,
    LAST_MODIFIED,
    LOCATION,
    RETRY_AFTER,
    REQUEST_ID,
];

/// What a body is.
#[derive(Clone, Debug)]
pub(crate) enum ContentType {
    Json,
    Html,
    Text,
    Other(Box<HeaderValue>),
}

impl ContentType {
    /// The header's value.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            ContentType::Json => b"application/json",
            ContentType::Html => b"text/html; charset=utf-8",
            ContentType::Text => b"text/plain; charset=utf-8",
            ContentType::Other(value) => value.as_bytes(),
        }
    }
}

/// A response in the making.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    /// `None`: the usual status of the place it is used in (200, 404 in `not_found`, ...).
    pub(crate) status: Option<StatusCode>,
    pub(crate) content_type: Option<ContentType>,
    /// Most have none of their own.
    headers: Option<Box<HeaderMap>>,
    /// The connection ends with it.
    pub(crate) close: bool,
    /// What an error of the server's own says: the program's `on_error` is told.
    pub(crate) message: Option<&'static str>,
    pub(crate) body: Vec<u8>,
}

/// More headers than any client takes.
pub(crate) const MAX_HEADERS_BYTES: usize = 1 << 20;
pub(crate) const HEADERS_TOO_LONG: &str = "the response's headers have more than 1 MiB";

impl Reply {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Reply {
            status: Some(status),
            ..Reply::default()
        }
    }

    /// A header of its own, its first value.
    #[inline]
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.headers.as_ref()?.get(name)
    }

    /// Its own headers, in order.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.headers.iter().flat_map(|headers| headers.iter())
    }

    /// Whether it has any of its own.
    #[inline]
    pub(crate) fn has_headers(&self) -> bool {
        self.headers.is_some()
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers.get_or_insert_default()
    }

    /// Adds a header of the program's; says why not where it is none, or the server's.
    pub(crate) fn add_header(&mut self, name: &[u8], value: &[u8]) -> Result<(), &'static str> {
        const MALFORMED: &str = "a response header is malformed";
        if value.len() > MAX_HEADERS_BYTES {
            return Err(HEADERS_TOO_LONG);
        }
        let name = HeaderName::from_bytes(name).map_err(|_| MALFORMED)?;
        let value = HeaderValue::from_bytes(value).map_err(|_| MALFORMED)?;
        if refused_header(name.as_str(), Some(value.to_str().unwrap_or_default())).is_some() {
            return Err(MALFORMED);
        }
        if name == CONNECTION {
            self.close = true;
            return Ok(());
        }
        let added = match SINGLE.contains(&name) {
            true => self.headers_mut().try_insert(name, value).map(drop),
            false => self.headers_mut().try_append(name, value).map(drop),
        };
        added.map_err(|_| "the response has too many headers")
    }

    /// Without anything yet; its body goes into this buffer.
    pub(crate) fn into_buffer(body: Vec<u8>) -> Self {
        Reply {
            body,
            ..Reply::default()
        }
    }

    /// An error of the server's own, for which the program may have another answer.
    pub(crate) fn refusal(status: StatusCode, message: &'static str) -> Self {
        Reply {
            message: Some(message),
            ..Reply::error(status, message)
        }
    }

    /// `{"error": message}`, the form of every answer the runtime gives by itself.
    pub(crate) fn error(status: StatusCode, message: &str) -> Self {
        Reply::json(status, &[("error", message)])
    }

    /// `{"status": word}`, what health checks are told.
    pub(crate) fn state(status: StatusCode, word: &str) -> Self {
        Reply::json(status, &[("status", word)])
    }

    /// `{"errors": [...]}`, given the list's JSON: what did not pass `rover.guard`.
    pub(crate) fn errors(status: StatusCode, list: &[u8]) -> Self {
        Reply {
            status: Some(status),
            content_type: Some(ContentType::Json),
            body: [b"{\"errors\":", list, b"}"].concat(),
            ..Reply::default()
        }
    }

    pub(crate) fn internal_error(request_id: &str) -> Self {
        Reply::json(
            StatusCode::INTERNAL_SERVER_ERROR,
            &[
                ("error", "Internal Server Error"),
                ("request_id", request_id),
            ],
        )
    }

    /// An object of texts, whose names need no escapes.
    fn json(status: StatusCode, fields: &[(&str, &str)]) -> Self {
        let mut body = vec![b'{'];
        for (at, (name, text)) in fields.iter().enumerate() {
            let before = if at > 0 { ",\"" } else { "\"" };
            body.extend([before, name, "\":"].concat().bytes());
            string(text.as_bytes(), &mut body);
        }
        body.push(b'}');
        Reply {
            status: Some(status),
            content_type: Some(ContentType::Json),
            body,
            ..Reply::default()
        }
    }

    /// Adds `Allow` (RFC 9110, section 10.2.1).
    pub(crate) fn allow(mut self, methods: &[Method]) -> Self {
        let names: Vec<&str> = methods.iter().map(|m| m.as_str()).collect();
        if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
            self.headers_mut().insert(ALLOW, value);
        }
        self
    }

    /// Adds `Retry-After` (RFC 9110, section 10.2.3).
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.headers_mut().insert(RETRY_AFTER, seconds.into());
        self
    }

    /// Without body and content type where the status forbids them (RFC 9110, sections
    /// 6.4.1 and 15.3.6); a `content-type` among the headers replaces the usual one.
    pub(crate) fn finished(mut self) -> Self {
        let status = self.status.unwrap_or(StatusCode::OK);
        if status == StatusCode::OK && self.headers.is_none() {
            return self;
        }
        let bodiless = [
            StatusCode::NO_CONTENT,
            StatusCode::RESET_CONTENT,
            StatusCode::NOT_MODIFIED,
        ];
        if bodiless.contains(&status) {
            self.headers_mut().remove(CONTENT_TYPE);
            self.content_type = None;
            self.body.clear();
        } else if self.header(&CONTENT_TYPE).is_some() {
            self.content_type = None;
        }
        self
    }
}
