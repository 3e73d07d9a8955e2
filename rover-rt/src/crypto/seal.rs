//! Texts that only who has the key can read or make: AES-256-GCM.
//!
//! A sealed text is a byte that says how it was made, 12 random bytes, the encrypted text and its
//! tag of 16 bytes. With random nonces one key seals 2^32 texts (NIST SP 800-38D, section 8.3).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::random;

/// The bytes of a key.
pub(crate) const KEY: usize = 32;
/// What a sealed text has more than its text.
pub(crate) const MORE: usize = 1 + NONCE_LEN + TAG;
const TAG: usize = 16;
/// How these are made.
const VERSION: u8 = 1;

/// A key, made ready for use.
pub(crate) struct SealKey(LessSafeKey);

impl SealKey {
    pub(crate) fn new(key: &[u8; KEY]) -> Self {
        #[expect(clippy::expect_used)]
        let key = UnboundKey::new(&AES_256_GCM, key).expect("the key has its 32 bytes");
        SealKey(LessSafeKey::new(key))
    }

    /// Seals a text for a purpose: only with the same one it can be opened.
    pub(crate) fn seal(&self, text: &[u8], purpose: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random::bytes();
        self.seal_with(nonce, text, purpose)
    }

    fn seal_with(&self, nonce: [u8; NONCE_LEN], text: &[u8], purpose: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(text.len() + MORE);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(text);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let within = &mut sealed[1 + NONCE_LEN..];
        // It refuses texts of 64 GiB and more only.
        #[expect(clippy::expect_used)]
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(purpose), within)
            .expect("a text in memory is not too long");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// The text; nothing where it was not sealed so, with this key and for this purpose.
    pub(crate) fn open(&self, sealed: &[u8], purpose: &[u8]) -> Option<Vec<u8>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, rest) = rest.split_at_checked(NONCE_LEN)?;
        if *version != VERSION || rest.len() < TAG {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = rest.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(purpose), &mut text);
        let length = opened.ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

#[cfg(test)]
mod tests;
