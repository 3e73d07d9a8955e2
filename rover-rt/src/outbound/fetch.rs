//! One call: its redirects, its repetitions, its time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::{Method, Response};
use hyper::body::Incoming;

use crate::wait::error::WaitError;

use super::connection::{Lease, message};
use super::decode::ACCEPTED;
use super::error::{self, Failure};
use super::pool::Pool;
use super::redirect;
use super::request::FetchRequest;
use super::response::{BodyStream, FetchBody, FetchResponse, Taking, announced};

/// What a call is doing, for the message when its time is up.
#[derive(Clone, Copy)]
pub(super) enum Phase {
    Connecting,
    Waiting,
    Reading,
}

/// The pause before a request is sent again; each one is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How many kept connections may turn out to be closed. A server may refuse each stream of HTTP/2.
const MOST_STALE: u32 = 5;
/// The length up to which the body of a redirect is read so that its connection can be kept.
const SHORT: u64 = 16 << 10;

pub(super) async fn fetch(
    pool: Rc<Pool>,
    request: FetchRequest,
) -> Result<FetchResponse, WaitError> {
    let phase = Cell::new(Phase::Connecting);
    let host = request.url.clone();
    let time = request.timeout;
    match tokio::time::timeout(time, exchange(&pool, request, &phase)).await {
        Ok(answer) => answer,
        Err(_) => Err(too_slow(host.host(), time, phase.get())),
    }
}

fn too_slow(host: &str, time: Duration, phase: Phase) -> WaitError {
    let message = match phase {
        Phase::Connecting => format!("cannot connect to {host} within {time:?}"),
        Phase::Waiting => format!("{host} does not answer within {time:?}"),
        Phase::Reading => format!("the answer of {host} is not complete within {time:?}"),
    };
    error::retryable(WaitError::new("timeout", message))
}

async fn exchange(
    pool: &Rc<Pool>,
    mut request: FetchRequest,
    phase: &Cell<Phase>,
) -> Result<FetchResponse, WaitError> {
    let mut followed = 0;
    loop {
        let (answer, lease) = send(pool, &request, phase).await?;
        let (mut head, body) = answer.into_parts();
        let decodes = request
            .headers
            .get(header::ACCEPT_ENCODING)
            .map(HeaderValue::as_bytes)
            == Some(ACCEPTED.as_bytes());
        let answered = request.url.clone();
        let follows = redirect::follow(&mut request, &head, followed)?;
        let length = announced(&head.headers);
        let taking = Taking {
            limit: if follows { SHORT } else { request.limit() },
            patience: request.timeout,
            decodes: decodes && !follows,
        };
        phase.set(Phase::Reading);
        let body = BodyStream::new(&mut head, body, lease, pool, &answered, taking);
        if follows {
            followed += 1;
            // Its body says nothing; read to its end, the connection can be used again.
            if length.is_some_and(|length| length <= SHORT) {
                body.collect(length).await?;
            }
            continue;
        }
        let is_encoded = announced(&head.headers).is_none();
        return Ok(FetchResponse {
            status: head.status,
            headers: head.headers,
            url: answered,
            body: if request.stream {
                FetchBody::Stream(body)
            } else {
                let expected = length.filter(|_| !is_encoded && request.method != Method::HEAD);
                FetchBody::Collected(body.collect(expected).await?)
            },
        });
    }
}

/// Sends a request until it has reached its server, as often as is allowed.
async fn send(
    pool: &Rc<Pool>,
    request: &FetchRequest,
    phase: &Cell<Phase>,
) -> Result<(Response<Incoming>, Lease), WaitError> {
    let mut left = if request.is_idempotent() {
        request.retries
    } else {
        0
    };
    let (mut stale, mut pause) = (0, FIRST_PAUSE);
    loop {
        phase.set(Phase::Connecting);
        let (failure, was_used) = match pool.checkout(&request.url).await {
            Err(error) => (Failure::unsent(error), false),
            Ok(mut lease) => {
                phase.set(Phase::Waiting);
                let was_used = lease.was_used();
                let message = write(pool, request, &lease)?;
                match lease.send(message, request.url.host()).await {
                    Ok(answer) => return Ok((answer, lease)),
                    Err(failure) => (failure, was_used),
                }
            }
        };
        // A kept connection that was closed meanwhile is nobody's fault.
        if failure.unsent && was_used && stale < MOST_STALE {
            stale += 1;
            continue;
        }
        if !failure.unsent || !failure.error.retryable || left == 0 {
            return Err(failure.error);
        }
        left -= 1;
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// The request as this connection carries it.
fn write(
    pool: &Pool,
    request: &FetchRequest,
    lease: &Lease,
) -> Result<hyper::Request<super::connection::Body>, WaitError> {
    let url = &request.url;
    let mut headers = request.headers.clone();
    let by_proxy = pool.proxy.as_ref().filter(|_| !url.is_https());
    let uri = if lease.is_http2() {
        headers.remove(header::HOST);
        url.absolute_form()?
    } else {
        if !headers.contains_key(header::HOST) {
            headers.insert(header::HOST, url.authority()?);
        }
        match by_proxy {
            Some(_) => url.absolute_form()?,
            None => url.origin_form()?,
        }
    };
    if let Some(authorization) = by_proxy.and_then(|proxy| proxy.authorization()) {
        headers.insert(header::PROXY_AUTHORIZATION, authorization.clone());
    }
    if let Some(credentials) = url.credentials() {
        headers
            .entry(header::AUTHORIZATION)
            .or_insert_with(|| credentials.clone());
    }
    let body = request.body.clone().unwrap_or_default();
    // RFC 9110 section 8.6: what has a meaning for a body says that there is none.
    if body.is_empty() && has_body(&request.method) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(message(request.method.clone(), uri, headers, body))
}

fn has_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}
