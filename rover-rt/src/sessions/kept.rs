//! Sessions whose data is in the store that the workers share, and the names of those in a database. The cookie has a name of 192 random bits and a code,
//! so that nobody can try names, and what the store holds opens no session.

use super::sealed::is_half_over;
use super::{Content, FORM_SECRET, Sessions, from_text, to_text};
use crate::crypto::random;
use crate::stores::memory::Memory;
use crate::stores::value::ValueRef;
use crate::stores::write::{Condition, Lifetime, StoreError};

/// The bytes of a name.
const NAME: usize = 24;
const TIME: usize = 8;

/// The name of a session in the store.
pub(crate) type Id = [u8; NAME];

/// A session of the store.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) content: Content,
    /// Another one where somebody has written it since.
    pub(crate) version: u64,
}

/// A name that nobody has had.
pub(crate) fn new_id() -> Id {
    random::bytes()
}

/// What stands in a database for a name: who reads that can open no session with it.
pub(crate) fn row_of(id: &Id) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, id);
    to_text(digest.as_ref())
}

impl Sessions {
    fn memory(&self) -> &Memory {
        // Who calls has looked at the option, by which it is made.
        #[expect(clippy::expect_used)]
        self.store.as_ref().expect("the sessions are in the store")
    }

    /// The name in the value of a cookie, and whether an older secret made that.
    pub(crate) fn name_in(&self, value: &[u8]) -> Option<(Id, bool)> {
        let signed = from_text(value)?;
        let mut keys = self.keys.iter().enumerate();
        keys.find_map(|(at, keys)| Some((*keys.name.verified(&signed)?, at > 0)))
    }

    /// The session that the value of a cookie names.
    pub(crate) fn named(&self, value: &[u8], now: u64) -> Option<(Id, Kept)> {
        let (id, is_old) = self.name_in(value)?;
        let mut kept = self.kept(&id, now)?;
        kept.content.is_due |= is_old;
        Some((id, kept))
    }

    /// The value of the cookie that names a session.
    pub(crate) fn name(&self, id: &Id) -> String {
        to_text(&self.first().name.signed(id))
    }

    /// A session by its name.
    pub(crate) fn kept(&self, id: &Id, now: u64) -> Option<Kept> {
        let (value, version) = self
            .memory()
            .get(id, |value, version| (value.owned(), version))?;
        let ValueRef::Text(text) = value.borrowed() else {
            return None;
        };
        let content = content(self.options.ttl, text, now)?;
        Some(Kept { content, version })
    }

    /// Keeps a new session.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn create(
        &self,
        form_secret: &[u8; FORM_SECRET],
        data: &[u8],
        now: u64,
    ) -> Result<Id, StoreError> {
        let id = new_id();
        let text = written(form_secret, data, now);
        let lifetime = Lifetime::Milliseconds(self.options.ttl);
        let text = ValueRef::Text(&text);
        self.memory().set(&id, text, lifetime, Condition::Always)?;
        Ok(id)
    }

    /// Gives a session other data, and with `renews` its whole time again. Whether it still had this version.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn replace(
        &self,
        id: &Id,
        version: u64,
        (data, renews): (&[u8], bool),
        now: u64,
    ) -> Result<bool, StoreError> {
        let before = self.memory().get(id, |value, _| match value {
            ValueRef::Text(text) => text.first_chunk::<{ TIME + FORM_SECRET }>().copied(),
            _ => None,
        });
        let Some(head) = before.flatten() else {
            return Ok(false);
        };
        let (text, lifetime) = self.rewritten(head, (data, renews), now);
        let text = ValueRef::Text(&text);
        self.memory()
            .set(id, text, lifetime, Condition::Version(version))
    }

    /// What becomes of the text of a session, by its head, and how long it lives then.
    fn rewritten(
        &self,
        mut head: [u8; TIME + FORM_SECRET],
        (data, renews): (&[u8], bool),
        now: u64,
    ) -> (Vec<u8>, Lifetime) {
        let mut lifetime = Lifetime::Kept;
        if renews {
            head[..TIME].copy_from_slice(&now.to_be_bytes());
            lifetime = Lifetime::Milliseconds(self.options.ttl);
        }
        ([&head, data].concat(), lifetime)
    }

    /// The same of a text that is kept elsewhere; nothing where that is no session's.
    #[cfg(feature = "redis")]
    pub(crate) fn replaced(
        &self,
        before: &[u8],
        written: (&[u8], bool),
        now: u64,
    ) -> Option<(Vec<u8>, Lifetime)> {
        let head = before.first_chunk().copied()?;
        Some(self.rewritten(head, written, now))
    }

    /// Ends a session; whether it was there, with this version.
    pub(crate) fn delete(&self, id: &Id, version: Option<u64>) -> bool {
        self.memory().delete(id, version)
    }
}

/// The text of a session: when it was written, the secret of its forms, its data.
pub(crate) fn written(form_secret: &[u8; FORM_SECRET], data: &[u8], now: u64) -> Vec<u8> {
    [&now.to_be_bytes(), &form_secret[..], data].concat()
}

/// What a text of a session holds, which lives for so many milliseconds.
pub(crate) fn content(ttl: u64, text: &[u8], now: u64) -> Option<Content> {
    let (written, text) = text.split_first_chunk::<TIME>()?;
    let (form_secret, data) = text.split_first_chunk::<FORM_SECRET>()?;
    let age = now.abs_diff(u64::from_be_bytes(*written));
    Some(Content {
        form_secret: *form_secret,
        data: data.to_vec(),
        is_due: is_half_over(ttl, age),
    })
}
