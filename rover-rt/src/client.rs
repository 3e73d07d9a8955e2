//! A client for tests: requests to a program in the same process, without a socket.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::mpsc;
use std::thread;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request};

use crate::app::App;
use crate::error::Error;
use crate::service::Service;

type Answer = Result<TestResponse, Error>;
type Job = (Request<Full<Bytes>>, mpsc::Sender<Answer>);

/// Answers requests from one VM on a thread of its own.
#[derive(Debug)]
pub struct TestClient {
    jobs: mpsc::Sender<Job>,
}

impl TestClient {
    pub(crate) fn new(app: App) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let (ready, state) = mpsc::channel();
        thread::Builder::new()
            .name("rover-client".to_owned())
            .stack_size(64 << 20)
            .spawn(move || serve(&app, &queue, &ready))?;
        state
            .recv()
            .map_err(|_| Error::Worker("the client's thread ended".to_owned()))??;
        Ok(TestClient { jobs })
    }

    /// A request with any method.
    pub fn request(&self, method: &str, path: &str) -> TestRequest<'_> {
        TestRequest {
            client: self,
            builder: Request::builder().method(method).uri(path),
            body: Vec::new(),
        }
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::GET.as_str(), path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::POST.as_str(), path)
    }

    /// A PUT request.
    pub fn put(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::PUT.as_str(), path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::PATCH.as_str(), path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::DELETE.as_str(), path)
    }

    /// A HEAD request.
    pub fn head(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::HEAD.as_str(), path)
    }

    /// An OPTIONS request.
    pub fn options(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::OPTIONS.as_str(), path)
    }
}

fn serve(app: &App, queue: &mpsc::Receiver<Job>, ready: &mpsc::Sender<Result<(), Error>>) {
    let started = Service::new(app.program, &app.settings).and_then(|service| {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok((service, runtime))
    });
    let (service, runtime) = match started {
        Ok(started) => started,
        Err(error) => return drop(ready.send(Err(error))),
    };
    if ready.send(Ok(())).is_err() {
        return;
    }
    for (request, reply) in queue {
        let head = request.method() == Method::HEAD;
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let answer = runtime.block_on(async {
            let (parts, body) = service.answer(request, address).await.into_parts();
            let body = match body.collect().await {
                Ok(body) if !head => body.to_bytes(),
                _ => Bytes::new(),
            };
            TestResponse { parts, body }
        });
        // A test that stopped waiting has failed already.
        let _ = reply.send(Ok(answer));
    }
}

/// A request in the making.
#[derive(Debug)]
#[must_use = "a request is only made by `send`"]
pub struct TestRequest<'a> {
    client: &'a TestClient,
    builder: hyper::http::request::Builder,
    body: Vec<u8>,
}

impl TestRequest<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a body of JSON text, and its content type.
    pub fn json_text(self, text: &str) -> Self {
        self.header("content-type", "application/json").body(text)
    }

    /// Makes the request.
    ///
    /// # Errors
    /// When path, method or a header is malformed.
    pub fn send(self) -> Result<TestResponse, Error> {
        let request = self
            .builder
            .body(Full::new(Bytes::from(self.body)))
            .map_err(|e| Error::Usage(e.to_string()))?;
        let ended = || Error::Worker("the client's thread ended".to_owned());
        let (reply, answer) = mpsc::channel();
        self.client
            .jobs
            .send((request, reply))
            .map_err(|_| ended())?;
        answer.recv().map_err(|_| ended())?
    }
}

/// A response.
#[derive(Debug)]
pub struct TestResponse {
    parts: hyper::http::response::Parts,
    body: Bytes,
}

impl TestResponse {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.parts.status.as_u16()
    }

    /// A header's first value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The body.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
