//! One call: its redirects, its repetitions, its time.

use std::cell::Cell;
use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use http::Method;
use http::header::{self, HeaderValue};

use crate::wait::error::WaitError;

use super::connection::Lease;
use super::decode::ACCEPTED;
use super::error::{self, Failure};
use super::head::{AnswerHead, announced};
use super::pool::Pool;
use super::redirect;
use super::request::FetchRequest;
use super::response::{BodyStream, FetchBody, FetchResponse, Taking};

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
    mut request: Box<FetchRequest>,
) -> Result<FetchResponse, WaitError> {
    request.finish();
    let phase = Cell::new(Phase::Connecting);
    let (asked, time) = (request.url.clone(), request.timeout);
    let mut deadline = pool.timers.within(time);
    let mut exchange = pin!(exchange(&pool, request, &phase));
    poll_fn(|cx| match exchange.as_mut().poll(cx) {
        Poll::Ready(answer) => Poll::Ready(answer),
        Poll::Pending => deadline
            .poll(cx)
            .map(|()| Err(too_slow(asked.host(), time, phase.get()))),
    })
    .await
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
    mut request: Box<FetchRequest>,
    phase: &Cell<Phase>,
) -> Result<FetchResponse, WaitError> {
    let mut followed = 0;
    loop {
        let (mut head, lease) = send(pool, &request, phase).await?;
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
        let mut body = BodyStream::new(&mut head.headers, lease, pool, &answered, taking);
        if follows {
            followed += 1;
            // Its body says nothing; read to its end, the connection can be used again.
            if length.is_some_and(|length| length <= SHORT) {
                Box::pin(body.collect(length)).await?;
            }
            continue;
        }
        return Ok(FetchResponse {
            status: head.status,
            url: answered,
            body: if request.stream {
                FetchBody::Stream(Box::new(body))
            } else {
                let expected =
                    length.filter(|_| !body.is_decoded() && request.method != Method::HEAD);
                FetchBody::Collected(body.collect(expected).await?)
            },
            headers: head.headers,
        });
    }
}

/// Sends a request until it has reached its server, as often as is allowed.
async fn send(
    pool: &Rc<Pool>,
    request: &FetchRequest,
    phase: &Cell<Phase>,
) -> Result<(AnswerHead, Lease), WaitError> {
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
                match lease.send(request, pool.proxy.as_ref()).await {
                    Ok(head) => return Ok((head, lease)),
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
        // In a box, as all that is rare: what is held here is held by every call.
        Box::pin(tokio::time::sleep(pause)).await;
        pause *= 2;
    }
}
