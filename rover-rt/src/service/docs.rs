//! `/openapi.json` and `/docs`: a program's documentation, where no route of its own has
//! these paths.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::message::reply::{ContentType, Reply};
use crate::program::Program;
use crate::service::added::{Added, Place};
use crate::service::constant::Constant;

/// What is looked for only after every route.
const PATHS: [&str; 2] = ["/openapi.json", "/docs"];

/// The prepared answers, in the order of their paths.
pub(crate) struct Docs([Constant; 2]);

/// Which of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page(usize);

impl Docs {
    pub(crate) fn new(program: &Program, added: &Added) -> Option<Self> {
        let [document_path, page_path] = PATHS;
        let answer = |path, kind, body: &str, more: &[(HeaderName, HeaderValue)]| {
            let mut reply = answer(kind, body, more);
            let varies = added.prepare(Place::Path(path), &mut reply);
            Constant::of(reply, varies)
        };
        let docs = program.docs.as_ref()?;
        let document = answer(document_path, ContentType::Json, &docs.document, &[]);
        // A text that is no header value would have been the compiler's mistake.
        let policy = HeaderValue::from_str(&docs.policy).ok()?;
        let page = answer(
            page_path,
            ContentType::Html,
            &rover_model::docs::page(&program.name, &docs.document),
            &[
                (CONTENT_SECURITY_POLICY, policy),
                (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            ],
        );
        Some(Docs([document, page]))
    }

    pub(crate) fn find(path: &str) -> Option<Page> {
        PATHS.iter().position(|known| *known == path).map(Page)
    }

    pub(crate) fn get(&self, page: Page) -> &Constant {
        &self.0[page.0]
    }
}

fn answer(kind: ContentType, body: &str, more: &[(HeaderName, HeaderValue)]) -> Reply {
    let mut reply = Reply::empty(StatusCode::OK);
    reply.content_type = Some(kind);
    body.as_bytes().clone_into(&mut reply.body);
    // Another build may answer otherwise: the validator is asked about each time.
    let own = [
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    reply.headers_mut().extend(own);
    reply.headers_mut().extend(more.iter().cloned());
    reply
}
