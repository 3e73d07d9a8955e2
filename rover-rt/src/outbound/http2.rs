//! A connection of HTTP/2, which any number of exchanges share. A task drives it.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::wait::error::WaitError;

use super::error::{self, Failure};
use super::head::LONGEST_HEAD;
use super::stream::Stream;

pub(super) type Body = Full<Bytes>;

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

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn send(
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
    pub(super) fn of(connection: &Http2) -> Self {
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
