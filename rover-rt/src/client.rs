//! A client for tests: requests to a program in the same process, without a socket.

use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::task::Context;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;
use tokio::time::timeout;

use crate::error::Error;
use crate::http1::{Conditions, Exchange, Progress};
use crate::program::{Method, Program};
use crate::resources::Resources;
use crate::service::dispatch::ProgramService;
use crate::settings::Settings;
use crate::time::clock::Clock;
use crate::vm::Task;

type Answer = Result<TestResponse, Error>;
/// What a connection sends, in pieces, and where the answers go.
type Job = (Vec<Vec<u8>>, mpsc::Sender<Vec<u8>>);

/// Answers requests from one VM on a thread of its own.
#[derive(Debug)]
pub struct TestClient {
    jobs: UnboundedSender<Job>,
}

impl TestClient {
    pub(crate) fn new(program: &'static Program, settings: Settings) -> Result<Self, Error> {
        let (jobs, queue) = unbounded_channel::<Job>();
        let (ready, state) = mpsc::channel();
        thread::Builder::new()
            .name("rover-client".to_owned())
            .stack_size(64 << 20)
            .spawn(move || serve(program, &settings, queue, &ready))?;
        state
            .recv()
            .map_err(|_| Error::Worker("the client's thread ended".to_owned()))??;
        Ok(TestClient { jobs })
    }

    /// A request with any method.
    pub fn request(&self, method: &str, path: &str) -> TestRequest<'_> {
        TestRequest {
            client: self,
            head: format!("{method} {path} HTTP/1.1\r\n"),
            has_host: false,
            body: Vec::new(),
        }
    }

    /// What the program answers to the bytes of a connection, which come in pieces.
    ///
    /// # Errors
    /// When the program's thread has ended.
    #[doc(hidden)]
    pub fn exchange(&self, pieces: Vec<Vec<u8>>) -> Result<Vec<u8>, Error> {
        let ended = || Error::Worker("the client's thread ended".to_owned());
        let (reply, answer) = mpsc::channel();
        self.jobs.send((pieces, reply)).map_err(|_| ended())?;
        answer.recv().map_err(|_| ended())
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::Get.as_str(), path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::Post.as_str(), path)
    }

    /// A PUT request.
    pub fn put(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::Put.as_str(), path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::Patch.as_str(), path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::Delete.as_str(), path)
    }

    /// A HEAD request.
    pub fn head(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::Head.as_str(), path)
    }

    /// An OPTIONS request.
    pub fn options(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::Options.as_str(), path)
    }
}

fn serve(
    program: &'static Program,
    settings: &Settings,
    queue: UnboundedReceiver<Job>,
    ready: &mpsc::Sender<Result<(), Error>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let resources = Resources::with(settings.environment.clone());
    let started = ProgramService::new(program, settings, Arc::default(), Arc::new(resources))
        .and_then(|service| Ok((Rc::new(service), runtime?)));
    match started {
        Ok((service, runtime)) => {
            LocalSet::new().block_on(&runtime, answer(&service, queue, ready));
        }
        // Who waits for it hears of it, or has given up.
        Err(error) => drop(ready.send(Err(error))),
    }
}

/// Answers requests until nobody can make one any more.
async fn answer(
    service: &Rc<ProgramService>,
    mut queue: UnboundedReceiver<Job>,
    ready: &mpsc::Sender<Result<(), Error>>,
) {
    let started = service.start().await;
    let has_failed = started.is_err();
    if ready.send(started).is_err() || has_failed {
        return;
    }
    service.schedule();
    let clock = Clock::new();
    let conditions = Conditions {
        service: &**service,
        clock: &clock,
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        stopping: false,
        late: None,
        room: usize::MAX,
    };
    while let Some((pieces, reply)) = queue.recv().await {
        // A test that stopped waiting has failed already.
        let _ = reply.send(exchange(&conditions, &pieces).await);
    }
    service.stop().await;
}

/// Waits for an answer, or for the end of its time.
async fn wait(
    conditions: &Conditions<'_, ProgramService>,
    exchange: &mut Exchange<Box<Task>>,
    out: &mut Vec<u8>,
) -> Progress {
    loop {
        let time = match exchange.timeout(conditions.service) {
            None | Some(0) => Duration::MAX,
            Some(millis) => Duration::from_millis(millis.into()),
        };
        let poll = |context: &mut Context<'_>| exchange.poll(conditions, context, out);
        if let Ok(progress) = timeout(time, poll_fn(poll)).await {
            return progress;
        }
        if let Some(progress) = exchange.time_out(conditions, out) {
            return progress;
        }
    }
}

/// Gives bytes to the program as a connection would.
async fn exchange(conditions: &Conditions<'_, ProgramService>, pieces: &[Vec<u8>]) -> Vec<u8> {
    let (mut exchange, mut input, mut out) = (Exchange::default(), Vec::new(), Vec::new());
    for piece in pieces {
        input.extend_from_slice(piece);
        let mut done = 0;
        loop {
            match exchange.step(conditions, &input[done..], &mut out) {
                Progress::Consumed(bytes) => done += bytes,
                Progress::More if exchange.is_waiting() => {
                    let waited = wait(conditions, &mut exchange, &mut out).await;
                    if let Progress::Close { .. } = waited {
                        return out;
                    }
                }
                Progress::More => break,
                Progress::Close { .. } => return out,
            }
        }
        input.drain(..done);
    }
    exchange.end_of_input();
    exchange.step(conditions, &input, &mut out);
    out
}

/// A request in the making.
#[derive(Debug)]
#[must_use = "a request is only made by `send`"]
pub struct TestRequest<'a> {
    client: &'a TestClient,
    head: String,
    has_host: bool,
    body: Vec<u8>,
}

impl TestRequest<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.has_host |= name.eq_ignore_ascii_case("host");
        self.head += &format!("{name}: {value}\r\n");
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
    /// When path, method or a header would end the line they stand in.
    pub fn send(self) -> Result<TestResponse, Error> {
        let lines = self.head.matches('\n').count();
        if lines != self.head.matches("\r\n").count() || self.head.contains("\r\n\r\n") {
            return Err(Error::Usage("a line break in a request's head".to_owned()));
        }
        let host = if self.has_host {
            ""
        } else {
            "host: localhost\r\n"
        };
        let length = self.body.len();
        let mut request =
            format!("{}{host}content-length: {length}\r\n\r\n", self.head).into_bytes();
        request.extend(self.body);
        TestResponse::parse(&self.client.exchange(vec![request])?)
    }
}

/// A response.
#[derive(Debug)]
pub struct TestResponse {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl TestResponse {
    fn parse(bytes: &[u8]) -> Answer {
        let malformed = |what: &str| Error::Worker(format!("the answer is not HTTP: {what}"));
        let mut space = [httparse::EMPTY_HEADER; 256];
        let mut response = httparse::Response::new(&mut space);
        let head = match response.parse(bytes) {
            Ok(httparse::Status::Complete(head)) => head,
            Ok(httparse::Status::Partial) => return Err(malformed("it has no end")),
            Err(error) => return Err(malformed(&error.to_string())),
        };
        let headers = response.headers.iter();
        Ok(TestResponse {
            status: response.code.unwrap_or_default(),
            headers: headers
                .map(|h| (h.name.to_owned(), h.value.to_vec()))
                .collect(),
            body: bytes[head..].to_vec(),
        })
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header's first value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
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
