//! What is known of a client from one request to the next: cookies that only this server makes, and the store that
//! some of them name. It knows no Lua and no requests; who asks says what time it is.

mod forms;
pub(crate) mod kept;
mod keys;
mod sealed;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rover_model::sessions::{SessionOptions, SessionStore};

use self::keys::Keys;
use crate::stores::memory::Memory;

/// The bytes of what the tokens of a session's forms are made of.
pub(crate) const FORM_SECRET: usize = 16;

/// What the tokens of forms are made of, and the data of a session as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) form_secret: [u8; FORM_SECRET],
    pub(crate) data: Vec<u8>,
    /// Its time, or its key, is to be renewed.
    pub(crate) is_due: bool,
}

/// The sessions of a program.
pub(crate) struct Sessions {
    pub(crate) options: SessionOptions,
    /// Those of the first secret make cookies, and all read them.
    keys: Vec<Keys>,
    /// The name of the cookie for forms where there is no session.
    pub(crate) form_cookie: String,
    store: Option<Arc<Memory>>,
}

impl Sessions {
    pub(crate) fn new(options: SessionOptions, store: impl FnOnce() -> Arc<Memory>) -> Self {
        let secrets = options.secrets.iter();
        Sessions {
            keys: secrets
                .map(|secret| Keys::new(secret, &options.name))
                .collect(),
            form_cookie: format!("{}_csrf", options.name),
            store: (options.store == SessionStore::Shared).then(store),
            options,
        }
    }

    /// The keys that make cookies.
    fn first(&self) -> &Keys {
        // The option has at least one secret.
        &self.keys[0]
    }
}

/// Seconds since 1970, by the system's clock.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn to_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a cookie, of which each has one text.
fn from_text(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
