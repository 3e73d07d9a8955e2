//! Redirects (RFC 9110 section 15.4), followed as browsers follow them.
//!
//! - 303 becomes a GET (a HEAD stays one); 301 and 302 make a GET of a POST; 307 and 308 change
//!   nothing.
//! - What identifies the caller, `authorization` and `cookie`, goes to no other origin.
//! - From `https` to `http` no redirect is followed: what was protected would be sent in the open.

use http::header::{self, HeaderName};
use http::{Method, StatusCode};

use crate::wait::error::WaitError;

use super::head::AnswerHead;
use super::request::FetchRequest;

/// Makes the request that a redirect asks for. `false`: the answer is the program's.
pub(super) fn follow(
    request: &mut FetchRequest,
    answer: &AnswerHead,
    followed: u32,
) -> Result<bool, WaitError> {
    let status = answer.status;
    let is_redirect = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    if !is_redirect || request.redirects == 0 {
        return Ok(false);
    }
    let Some(location) = answer.headers.get("location") else {
        return Ok(false);
    };
    let location = std::str::from_utf8(location).unwrap_or_default();
    let host = request.url.host();
    if followed == request.redirects {
        let message = format!("{host} redirects again after {followed} redirects");
        return Err(WaitError::new("redirect", message));
    }
    let next = request.url.resolve(location).map_err(|error| {
        let message = format!("{host} redirects to where nothing can be sent: {error}");
        WaitError::new("redirect", message)
    })?;
    if request.url.is_https() && !next.is_https() {
        let message = format!("{host} redirects from https to http, which is not followed");
        return Err(WaitError::new("redirect", message));
    }
    if becomes_get(status, &request.method) {
        request.method = Method::GET;
        request.body = None;
        request.forget(&OF_BODY);
    }
    if !next.is_same_origin(&request.url) {
        request.forget(&OF_CALLER);
    }
    request.url = next;
    Ok(true)
}

fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status {
        StatusCode::SEE_OTHER => *method != Method::HEAD && *method != Method::GET,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *method == Method::POST,
        _ => false,
    }
}

const OF_BODY: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
];

const OF_CALLER: [HeaderName; 3] = [header::AUTHORIZATION, header::COOKIE, header::HOST];
