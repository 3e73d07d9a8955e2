//! What hooks of the runtime's own mean for the routes below them.

use rover_model::Method;

use crate::collect::OwnHook;

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
        !self.is_idempotent() || matches!(method, Method::Post | Method::Patch)
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
