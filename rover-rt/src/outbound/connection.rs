//! A connection that an exchange has, by whichever version of HTTP.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};

use crate::wait::error::WaitError;

use super::error::{self, Failure};
use super::head::{AnswerHead, AnswerHeaders};
use super::http1::{Broken, Http1};
use super::http2::{Http2, Share};
use super::message;
use super::proxy::Proxy;
use super::request::FetchRequest;

pub(super) enum Lease {
    Http1(Box<Http1>),
    Http2 {
        connection: Http2,
        /// The body of the answer, until it has ended.
        incoming: Option<Incoming>,
        _share: Share,
    },
}

impl Lease {
    pub(super) fn shared(connection: Http2) -> Self {
        let share = Share::of(&connection);
        Lease::Http2 {
            connection,
            incoming: None,
            _share: share,
        }
    }

    /// Whether the server may have closed it before it heard of this exchange.
    pub(super) fn was_used(&self) -> bool {
        match self {
            Lease::Http1(connection) => connection.used,
            Lease::Http2 { .. } => true,
        }
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn send(
        &mut self,
        request: &FetchRequest,
        proxy: Option<&Proxy>,
    ) -> Result<AnswerHead, Failure> {
        let host = request.url.host();
        match self {
            Lease::Http1(connection) => {
                let body = request.body.clone().unwrap_or_default();
                connection.begin(body, |out| message::write(request, proxy, out));
                let head = poll_fn(|cx| connection.poll_head(&request.method, cx)).await;
                head.map_err(|broken| Failure {
                    error: error::interrupted(host, &broken),
                    unsent: !connection.has_sent(),
                })
            }
            Lease::Http2 {
                connection,
                incoming,
                ..
            } => {
                let message = message::of_http2(request).map_err(Failure::sent)?;
                let answer = Box::pin(connection.send(message, host)).await?;
                let (head, body) = answer.into_parts();
                *incoming = (!body.is_end_stream()).then_some(body);
                let headers = AnswerHeaders::of(&head.headers);
                let headers = headers.map_err(|wrong| {
                    Failure::sent(error::interrupted(host, &Broken::Head(wrong)))
                })?;
                Ok(AnswerHead {
                    status: head.status,
                    headers,
                })
            }
        }
    }

    /// Whether the answer was read to its end.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Lease::Http1(connection) => connection.is_over(),
            Lease::Http2 { incoming, .. } => incoming.is_none(),
        }
    }

    /// The next part of the body; nothing at its end.
    pub(super) fn poll_part(
        &mut self,
        host: &str,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, WaitError>> {
        match self {
            Lease::Http1(connection) => {
                let part = connection.poll_part(cx);
                part.map_err(|broken| error::interrupted(host, &broken))
            }
            Lease::Http2 { incoming, .. } => {
                while let Some(body) = incoming {
                    let frame = ready!(Pin::new(&mut *body).poll_frame(cx)).transpose();
                    let frame = frame.map_err(|error| error::broken(host, &error))?;
                    if frame.is_none() || body.is_end_stream() {
                        *incoming = None;
                    }
                    // Trailers tell a program nothing.
                    if let Some(data) = frame.and_then(|frame| frame.into_data().ok())
                        && !data.is_empty()
                    {
                        return Poll::Ready(Ok(Some(data)));
                    }
                }
                Poll::Ready(Ok(None))
            }
        }
    }
}
