//! What hooks of the runtime's own mean for the routes below them.

use rover_model::Method;

use crate::collect::OwnHook;
use crate::vocabulary::Elsewhere;

/// What a hook answers instead of the handler, in the form of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The headers that it has.
    pub headers: &'static [&'static str],
}

const TOO_MANY: Refusal = Refusal {
    status: 429,
    headers: &["ratelimit", "ratelimit-policy", "retry-after"],
};

const fn plain(status: u16) -> Refusal {
    Refusal {
        status,
        headers: &[],
    }
}

/// The header of keys that requests run by.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

impl OwnHook {
    fn is_idempotent(&self) -> bool {
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
    pub(crate) fn refusals(&self) -> &'static [Refusal] {
        const KEYS: [Refusal; 3] = [plain(400), plain(409), plain(422)];
        match self.word.as_str() {
            "rover.rate_limit" => &[TOO_MANY],
            "rover.idempotent" => &KEYS,
            _ => &[],
        }
    }

    /// The header that it reads, in lower case.
    pub(crate) fn header(&self) -> Option<&'static str> {
        self.is_idempotent().then_some(IDEMPOTENCY_KEY)
    }
}
