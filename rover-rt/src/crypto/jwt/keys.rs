//! The keys that a program gives for tokens.

use super::algorithm::Algorithm;
use super::key::{Key, KeyError};
use super::{jwk, pem};

/// What tokens are checked with.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(super) keys: Vec<Key>,
    /// It is a set, of which a token names the key.
    pub(super) is_set: bool,
}

impl Keys {
    /// Reads a key: a text in PEM, a JWK or a set of them as JSON, or else a secret.
    ///
    /// # Errors
    /// When it is no key, or none of the algorithm.
    pub(crate) fn read(text: &[u8], algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        let start = text.trim_ascii_start();
        if start.starts_with(b"-----BEGIN ") {
            return Ok(Keys::one(pem::read(text, algorithm)?));
        }
        if start.starts_with(b"{") {
            let (keys, is_set) = jwk::read(text, algorithm)?;
            return Ok(Keys { keys, is_set });
        }
        let algorithm = algorithm.unwrap_or(Algorithm::Hs256);
        Ok(Keys::one(Key::secret(text, algorithm)?))
    }

    /// Reads a set of public keys that another server publishes. Keys that are none of those are
    /// left out: a set may have some for other purposes.
    ///
    /// # Errors
    /// When it is no set, or has no such key.
    #[cfg(feature = "client")]
    pub(crate) fn read_published(
        text: &[u8],
        algorithm: Option<Algorithm>,
    ) -> Result<Self, KeyError> {
        let keys = jwk::read_published(text, algorithm)?;
        Ok(Keys { keys, is_set: true })
    }

    fn one(key: Key) -> Self {
        Keys {
            keys: vec![key],
            is_set: false,
        }
    }

    /// The one that signs.
    pub(crate) fn signing(&self) -> Option<&Key> {
        match &self.keys[..] {
            [key] => Some(key),
            _ => None,
        }
    }
}
