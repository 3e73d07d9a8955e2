//! The keys that are made of a secret, one for each purpose (HKDF, RFC 5869).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{hkdf, hmac};
use rover_model::sessions::Secret;

use crate::crypto::seal::{KEY, SealKey};

/// The bytes of a code that stand in a cookie: 128 bits.
pub(super) const CODE: usize = 16;

/// The keys of one secret.
pub(super) struct Keys {
    /// Encrypts data.
    pub(super) seal: SealKey,
    /// Signs names of sessions.
    pub(super) name: Signer,
    /// Signs the cookie for forms.
    pub(super) form: Signer,
    /// Makes the tokens of forms.
    pub(super) token: Signer,
}

impl Keys {
    /// Those of cookies with a name: what another cookie holds is not taken for it.
    pub(super) fn new(secret: &Secret, cookie: &str) -> Self {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"rover sessions v1");
        let secret = salt.extract(secret.0.as_bytes());
        let key = |purpose: &str| {
            let mut key = [0; KEY];
            let info = [purpose.as_bytes(), b"\0", cookie.as_bytes()];
            let made = secret.expand(&info, hkdf::HKDF_SHA256);
            // The hash is as long as the key.
            #[expect(clippy::expect_used)]
            made.and_then(|made| made.fill(&mut key))
                .expect("a key of 32 bytes can be made");
            key
        };
        Keys {
            seal: SealKey::new(&key("data")),
            name: Signer::new(&key("name")),
            form: Signer::new(&key("form")),
            token: Signer::new(&key("token")),
        }
    }
}

/// Makes codes by which the server knows its own bytes again (HMAC-SHA256).
pub(super) struct Signer(hmac::Key);

impl Signer {
    fn new(key: &[u8; KEY]) -> Self {
        Signer(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The code of some bytes.
    pub(super) fn code(&self, bytes: &[u8]) -> [u8; CODE] {
        let mut code = [0; CODE];
        code.copy_from_slice(&hmac::sign(&self.0, bytes).as_ref()[..CODE]);
        code
    }

    /// Bytes with their code.
    pub(super) fn signed(&self, bytes: &[u8]) -> Vec<u8> {
        [bytes, &self.code(bytes)].concat()
    }

    /// The bytes before a code that is theirs.
    pub(super) fn verified<'b, const N: usize>(&self, signed: &'b [u8]) -> Option<&'b [u8; N]> {
        let (bytes, code) = signed.split_first_chunk::<N>()?;
        let own = self.code(bytes);
        verify_slices_are_equal(&own, code).ok().map(|()| bytes)
    }
}
