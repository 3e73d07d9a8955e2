//! Tokens by which a form is known to be of this server's page.
//!
//! A token is a code of the session's secret, or of that in a cookie of its own where there is no session: a signed
//! double-submit cookie. It is masked anew each time, so that compressed pages do not tell it (BREACH).

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::keys::CODE;
use super::{FORM_SECRET, Sessions, from_text, to_text};
use crate::crypto::random;

impl Sessions {
    /// The value of the cookie for forms.
    pub(crate) fn form_cookie_value(&self, secret: &[u8; FORM_SECRET]) -> String {
        to_text(&self.first().form.signed(secret))
    }

    /// The secret in such a cookie.
    pub(crate) fn form_secret(&self, value: &[u8]) -> Option<[u8; FORM_SECRET]> {
        let signed = from_text(value)?;
        let mut keys = self.keys.iter();
        keys.find_map(|keys| keys.form.verified(&signed).copied())
    }

    /// A token.
    pub(crate) fn token(&self, secret: &[u8; FORM_SECRET]) -> String {
        let mask: [u8; CODE] = random::bytes();
        to_text(&[mask, xor(&mask, &self.first().token.code(secret))].concat())
    }

    /// Whether a token was made of a secret.
    pub(crate) fn accepts(&self, secret: &[u8; FORM_SECRET], token: &[u8]) -> bool {
        let Some(Ok([mask, masked])) = from_text(token).map(<[u8; 2 * CODE]>::try_from).map(halves)
        else {
            return false;
        };
        let code = xor(&mask, &masked);
        let mut keys = self.keys.iter();
        keys.any(|keys| verify_slices_are_equal(&keys.token.code(secret), &code).is_ok())
    }
}

fn halves(bytes: Result<[u8; 2 * CODE], Vec<u8>>) -> Result<[[u8; CODE]; 2], Vec<u8>> {
    bytes.map(|bytes| {
        let mut halves = [[0; CODE]; 2];
        halves[0].copy_from_slice(&bytes[..CODE]);
        halves[1].copy_from_slice(&bytes[CODE..]);
        halves
    })
}

fn xor(a: &[u8; CODE], b: &[u8; CODE]) -> [u8; CODE] {
    std::array::from_fn(|at| a[at] ^ b[at])
}
