//! What is shown to a person at work on a program, in place of what its clients are told.
//!
//! Nothing of it is there in a compiled program: who serves a plan brings it, by
//! [`App::development`](crate::App::development).

use std::fmt::Debug;
use std::io;
use std::sync::OnceLock;

/// Answers for a person at work.
pub trait Development: Debug + Send + Sync {
    /// The answer in place of the program's, where there is one: the program has mistakes.
    fn instead(&self, asked: &Asked<'_>) -> Option<Page>;

    /// What a path answers where the program has nothing.
    fn own(&self, path: &str) -> Option<Page>;

    /// The answer to a request whose handler failed.
    fn failed(&self, asked: &Asked<'_>, failure: &FailedHandler<'_>) -> Option<Page>;

    /// HTML that is added to every page.
    fn script(&self) -> String;
}

/// A request, as far as a person wants to know.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as it came.
    pub path: &'a str,
    /// The query as it came, without its question mark.
    pub query: &'a str,
    /// The headers in their order.
    pub headers: Vec<(&'a str, String)>,
    /// The request's identifier.
    pub request_id: &'a str,
}

impl Asked<'_> {
    /// Whether one of the media types that the client names is this one.
    pub fn accepts(&self, media_type: &str) -> bool {
        let accept = self.headers.iter();
        let mut accept = accept.filter(|(name, _)| name.eq_ignore_ascii_case("accept"));
        accept.any(|(_, value)| {
            value.split(',').any(|range| {
                let named = range.split(';').next().unwrap_or_default();
                named.trim().eq_ignore_ascii_case(media_type)
            })
        })
    }
}

/// Why a handler gave no answer.
#[derive(Clone, Debug)]
pub struct FailedHandler<'a> {
    /// What clients are told: 500, or 503 where its time was over.
    pub status: u16,
    /// The error, and the traceback in the lines below it.
    pub text: &'a str,
    /// The program's `on_error` has answered.
    pub answered: bool,
    /// The route as `GET /users/{id}`, and where it is defined.
    pub route: Option<(String, &'a str)>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// What the body is.
    pub kind: PageKind,
    /// The body.
    pub body: String,
}

/// What the body of a [`Page`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// HTML.
    Html,
    /// JSON.
    Json,
    /// Plain text.
    Text,
}

type Sink = Box<dyn Fn(&[u8]) -> io::Result<usize> + Send + Sync>;

static SINK: OnceLock<Sink> = OnceLock::new();

/// From now on the log's lines go there, and not to standard error. Once in a process.
pub fn log_to(sink: impl Fn(&[u8]) -> io::Result<usize> + Send + Sync + 'static) {
    // The first one stays.
    let _ = SINK.set(Box::new(sink));
}

/// Where the log goes, if not to standard error.
pub(crate) fn sink() -> Option<&'static Sink> {
    SINK.get()
}
