//! Sessions whose data is in the cookie, encrypted: AES-256-GCM, with the cookie's name as associated data.
//!
//! What is encrypted begins with the time at which the cookie was made, as a browser may keep it for longer than
//! it is told to.

use super::{Content, FORM_SECRET, Sessions, from_text, to_text};

/// Seconds by which the clock of another server may be ahead.
const AHEAD: u64 = 300;
/// The bytes of the time.
const TIME: usize = 8;

impl Sessions {
    /// The value of a cookie with this data.
    pub(crate) fn seal(&self, form_secret: &[u8; FORM_SECRET], data: &[u8], now: u64) -> String {
        let text = [&now.to_be_bytes(), &form_secret[..], data].concat();
        let name = self.options.name.as_bytes();
        to_text(&self.first().seal.seal(&text, name))
    }

    /// What the value of a cookie holds; nothing where this server has not made it, or its time is over.
    pub(crate) fn open(&self, value: &[u8], now: u64) -> Option<Content> {
        let sealed = from_text(value)?;
        let name = self.options.name.as_bytes();
        let mut keys = self.keys.iter().enumerate();
        let (key, text) = keys.find_map(|(at, keys)| Some((at, keys.seal.open(&sealed, name)?)))?;
        let (made, text) = text.split_first_chunk::<TIME>()?;
        let (form_secret, data) = text.split_first_chunk::<FORM_SECRET>()?;
        let made = u64::from_be_bytes(*made);
        let age = now.saturating_sub(made);
        if made > now.saturating_add(AHEAD) || age.saturating_mul(1000) >= self.options.ttl {
            return None;
        }
        Some(Content {
            form_secret: *form_secret,
            data: data.to_vec(),
            is_due: key > 0 || is_half_over(self.options.ttl, age),
        })
    }
}

/// Whether more than half of a session's time is over, which is so many milliseconds.
pub(super) fn is_half_over(ttl: u64, seconds: u64) -> bool {
    seconds.saturating_mul(2000) > ttl
}
