//! Answers in development: what a [`Development`] says in place of the program.

use http::StatusCode;

use crate::development::{Asked, Development, FailedHandler, Page, PageKind};
use crate::message::reply::{ContentType, Reply};
use crate::message::request::RequestData;

/// A request as a person is shown it.
pub(super) fn asked<'a>(data: &'a RequestData<'_>) -> Asked<'a> {
    let headers = data.headers.all();
    Asked {
        method: data.method,
        path: data.path.raw(),
        query: data.query,
        headers: headers
            .map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned()))
            .collect(),
        request_id: data.request_id.as_str(),
    }
}

/// A page as a reply. It is never kept by who gets it.
pub(super) fn reply(page: Page) -> Reply {
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = Reply::empty(status);
    reply.content_type = Some(match page.kind {
        PageKind::Html => ContentType::Html,
        PageKind::Json => ContentType::Json,
        PageKind::Text => ContentType::Text,
    });
    reply.body = page.body.into_bytes();
    // A name and a value that are both well-formed.
    let _ = reply.add_header(b"cache-control", b"no-store");
    reply
}

/// The program's answer, or what is said in its place where its handler failed; whole pages
/// with what is added to them.
pub(super) fn dressed(
    development: &dyn Development,
    data: &RequestData<'_>,
    mut given: Reply,
    failure: Option<FailedHandler<'_>>,
) -> Reply {
    if let Some(page) = failure.and_then(|failure| development.failed(&asked(data), &failure)) {
        given = reply(page);
    }
    if is_html(&given)
        && let Some(at) = end_of_page(&given.body)
    {
        given.body.splice(at..at, development.script().into_bytes());
    }
    given
}

fn is_html(reply: &Reply) -> bool {
    let own = reply.header(&http::header::CONTENT_TYPE);
    let kind = own.map(|value| value.as_bytes());
    let kind = kind.or(reply.content_type.as_ref().map(ContentType::as_bytes));
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with(b"text/html"))
}

/// Where something may be added to a page; nowhere in a part of one.
fn end_of_page(body: &[u8]) -> Option<usize> {
    let lower = body.to_ascii_lowercase();
    let last = |text: &[u8]| lower.windows(text.len()).rposition(|window| window == text);
    let whole = lower.trim_ascii_start().starts_with(b"<!doctype html");
    let end = last(b"</body>").or_else(|| last(b"</html>"));
    end.or(whole.then_some(body.len()))
}
