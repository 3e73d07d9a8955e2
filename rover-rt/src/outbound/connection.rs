//! One connection, and one exchange on it.
//!
//! A connection of HTTP/1.1 has no task of its own: who waits for an answer drives it, so that a call
//! needs no hand-over between tasks. One of HTTP/2 is shared, so it is driven by a task.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::Full;
use hyper::body::{Body as _, Frame, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::OwnedSemaphorePermit;

use crate::wait::error::WaitError;

use super::error::{self, Failure, closed};
use super::stream::Stream;

pub(super) type Body = Full<Bytes>;

/// How long the head of an answer may be.
const LONGEST_HEAD: usize = 64 << 10;

/// A connection that serves one exchange at a time.
pub(super) struct Http1 {
    sender: http1::SendRequest<Body>,
    driver: http1::Connection<TokioIo<Stream>, Body>,
    /// The driver has ended, and must not be driven any more.
    ended: bool,
    /// Whether there was an exchange on it before.
    pub(super) used: bool,
    /// Its place among the connections of a client, while it is in use.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

impl Http1 {
    pub(super) async fn new(stream: Stream, host: &str) -> Result<Self, WaitError> {
        let mut builder = http1::Builder::new();
        builder.max_header_size(LONGEST_HEAD);
        let made = builder.handshake(TokioIo::new(stream)).await;
        let (sender, driver) = made.map_err(|error| error::broken(host, &error))?;
        Ok(Http1 {
            sender,
            driver,
            ended: false,
            used: false,
            permit: None,
        })
    }

    fn drive(&mut self, cx: &mut Context<'_>) {
        if !self.ended {
            self.ended = Pin::new(&mut self.driver).poll(cx).is_ready();
        }
    }

    /// Whether another request may be sent on it. Sees what the server did meanwhile.
    pub(super) fn is_usable(&mut self) -> bool {
        self.drive(&mut Context::from_waker(Waker::noop()));
        !self.ended && self.sender.is_ready()
    }

    /// Sends a request and waits for the head of the answer.
    async fn send(
        &mut self,
        request: Request<Body>,
        host: &str,
    ) -> Result<Response<Incoming>, Failure> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let (driver, ended) = (&mut self.driver, &mut self.ended);
        let answer = poll_fn(|cx| {
            // What the driver finds is there when it returns: nobody else must be woken for it.
            if !*ended {
                *ended = Pin::new(&mut *driver).poll(cx).is_ready();
            }
            let mut quiet = Context::from_waker(Waker::noop());
            match answer.as_mut().poll(&mut quiet) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending if *ended => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        });
        match answer.await {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(mut failed)) => {
                let unsent = failed.take_message().is_some();
                Err(Failure {
                    error: error::broken(host, failed.error()),
                    unsent,
                })
            }
            None => Err(Failure::sent(closed(host))),
        }
    }

    fn poll_frame(
        &mut self,
        body: &mut Incoming,
        cx: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let mut quiet = Context::from_waker(Waker::noop());
        // The first look may find a part that is there already; it also asks the driver for more.
        if let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(&mut quiet) {
            return Poll::Ready(frame);
        }
        self.drive(cx);
        Pin::new(body).poll_frame(&mut quiet)
    }
}

/// A connection of HTTP/2, which any number of exchanges share.
#[derive(Clone)]
pub(super) struct Http2 {
    sender: http2::SendRequest<Body>,
    /// One more than there are exchanges.
    shares: Rc<Cell<usize>>,
}

/// How often a server that owes an answer is asked whether it is still there, and for how long an
/// answer to that is waited for.
const PING: Duration = Duration::from_secs(15);

impl Http2 {
    pub(super) async fn new(stream: Stream, host: &str) -> Result<Self, WaitError> {
        let mut builder = http2::Builder::new(OnThisThread);
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .max_header_list_size(LONGEST_HEAD as u32);
        let made = builder.handshake(TokioIo::new(stream)).await;
        let (sender, driver) = made.map_err(|error| error::broken(host, &error))?;
        tokio::task::spawn_local(async move {
            // Each exchange hears of the error itself.
            let _ = driver.await;
        });
        Ok(Http2 {
            sender,
            shares: Rc::default(),
        })
    }

    pub(super) fn is_usable(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Whether nobody waits for anything on it.
    pub(super) fn is_idle(&self) -> bool {
        self.shares.get() == 0
    }

    async fn send(
        &mut self,
        request: Request<Body>,
        host: &str,
    ) -> Result<Response<Incoming>, Failure> {
        let is_idempotent = request.method().is_idempotent();
        let answer = self.sender.try_send_request(request).await;
        answer.map_err(|mut failed| {
            let error = failed.error();
            // A server that leaves may have worked on it, or not.
            let unsent = error::is_refused(error) || (is_idempotent && error::is_leaving(error));
            let error = error::broken(host, error);
            Failure {
                error,
                unsent: unsent || failed.take_message().is_some(),
            }
        })
    }
}

/// Counts an exchange on a connection of HTTP/2.
pub(super) struct Share(Rc<Cell<usize>>);

impl Share {
    fn of(connection: &Http2) -> Self {
        connection.shares.set(connection.shares.get() + 1);
        Share(Rc::clone(&connection.shares))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Runs the tasks of HTTP/2 on the worker's thread.
#[derive(Clone)]
struct OnThisThread;

impl<F: Future<Output = ()> + 'static> hyper::rt::Executor<F> for OnThisThread {
    fn execute(&self, task: F) {
        tokio::task::spawn_local(task);
    }
}

/// A connection that an exchange has.
pub(super) enum Lease {
    Http1(Box<Http1>),
    Http2 { connection: Http2, _share: Share },
}

impl Lease {
    pub(super) fn shared(connection: Http2) -> Self {
        let share = Share::of(&connection);
        Lease::Http2 {
            connection,
            _share: share,
        }
    }

    pub(super) fn is_http2(&self) -> bool {
        matches!(self, Lease::Http2 { .. })
    }

    /// Whether the server may have closed it before it heard of this exchange.
    pub(super) fn was_used(&self) -> bool {
        match self {
            Lease::Http1(connection) => connection.used,
            Lease::Http2 { .. } => true,
        }
    }

    pub(super) async fn send(
        &mut self,
        request: Request<Body>,
        host: &str,
    ) -> Result<Response<Incoming>, Failure> {
        match self {
            Lease::Http1(connection) => connection.send(request, host).await,
            Lease::Http2 { connection, .. } => connection.send(request, host).await,
        }
    }

    pub(super) fn poll_frame(
        &mut self,
        body: &mut Incoming,
        cx: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        match self {
            Lease::Http1(connection) => connection.poll_frame(body, cx),
            Lease::Http2 { .. } => Pin::new(body).poll_frame(cx),
        }
    }
}

/// The head of a request as it is sent.
pub(super) fn message(
    method: http::Method,
    uri: http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Request<Body> {
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}
