//! What hooks of the runtime's own mean for the routes below them.

use rover_model::Method;

use crate::analyse::types::Headers;
use crate::collect::OwnHook;
use crate::vocabulary::Elsewhere;

/// What a hook answers instead of the handler, in the form of errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The headers that it has.
    pub headers: Headers,
}

/// How a client stands by a limit.
const STANDING: [&str; 2] = ["ratelimit", "ratelimit-policy"];

/// The header of keys that requests run by.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

impl OwnHook {
    /// It may answer with what the handler has answered before.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.word == "rover.idempotent"
    }

    /// Whether it runs for requests with this method.
    pub(crate) fn runs_for(&self, method: Method) -> bool {
        match self.word.as_str() {
            // Which routes use a session is known when all hooks are.
            "sessions" => false,
            // What changes nothing may be asked by any page.
            "rover.csrf" => !matches!(method, Method::Get | Method::Head | Method::Options),
            _ => !self.is_idempotent() || matches!(method, Method::Post | Method::Patch),
        }
    }

    /// Whether it asks for state that may be on a server.
    pub(crate) fn waits_for_state(&self, elsewhere: Elsewhere) -> bool {
        match self.word.as_str() {
            "rover.rate_limit" | "rover.idempotent" => elsewhere.state,
            "rover.csrf" | "sessions" => elsewhere.sessions,
            _ => false,
        }
    }

    /// What it answers by itself.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        let statuses: &[u16] = match self.word.as_str() {
            "rover.rate_limit" => &[429],
            "rover.idempotent" => &[400, 409, 422],
            _ => &[],
        };
        let refusal = |status: &u16| {
            let mut headers = Headers::default();
            if *status == 429 {
                let all = STANDING.iter().chain(&["retry-after"]);
                all.for_each(|name| headers.add(name, true));
            }
            headers
                .perhaps
                .extend((*status == 409).then(|| "retry-after".to_owned()));
            Refusal {
                status: *status,
                headers,
            }
        };
        statuses.iter().map(refusal).collect()
    }

    /// The headers that it gives to all answers that are made behind it.
    pub(crate) fn headers(&self) -> Headers {
        let mut headers = Headers::default();
        if self.word == "rover.rate_limit" {
            // Where `by` gives nil, nobody is counted.
            let always = self.by.is_none();
            STANDING.iter().for_each(|name| headers.add(name, always));
        }
        headers
    }

    /// The header that it reads, in lower case.
    pub(crate) fn header(&self) -> Option<&'static str> {
        self.is_idempotent().then_some(IDEMPOTENCY_KEY)
    }
}
