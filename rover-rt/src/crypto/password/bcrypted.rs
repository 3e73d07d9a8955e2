//! bcrypt.

use base64::Engine;
use base64::alphabet::BCRYPT;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::wrong::WrongHash;
use crate::crypto::hash::{Hash, equals};

/// Each step doubles the work; 15 takes some seconds.
const MOST_COST: u32 = 15;
/// What bcrypt reads of a password.
const READ: usize = 72;

const CODING: GeneralPurpose = GeneralPurpose::new(
    &BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        // Implementations leave what they like in the bits that are no part of a byte.
        .with_decode_allow_trailing_bits(true),
);

/// A hash of bcrypt, as it is stored.
pub(crate) struct BcryptHash {
    cost: u32,
    salt: [u8; 16],
    hash: [u8; 23],
    /// What is hashed is the password's SHA-256, as hexadecimal digits (Django's `bcrypt_sha256`).
    pub(super) of_sha256: bool,
}

impl BcryptHash {
    /// `$2b$12$`, 22 characters of salt and 31 of the hash. `2a`, `2b` and `2y` are names of one
    /// algorithm; `2x` is one with a fault, which nobody should have any more.
    pub(super) fn parse(text: &str) -> Result<Self, WrongHash> {
        let rest = ["$2a$", "$2b$", "$2y$"]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix));
        let parts = rest.and_then(|rest| rest.split_once('$'));
        let (cost, rest) = parts.ok_or(WrongHash::Malformed)?;
        let digits = cost.len() == 2 && cost.bytes().all(|byte| byte.is_ascii_digit());
        let cost: u32 = cost.parse().map_err(|_| WrongHash::Malformed)?;
        let (salt, hash) = rest.split_at_checked(22).ok_or(WrongHash::Malformed)?;
        let mut bytes = BcryptHash {
            cost,
            salt: [0; 16],
            hash: [0; 23],
            of_sha256: false,
        };
        let salt = CODING.decode_slice(salt, &mut bytes.salt);
        let hash = CODING.decode_slice(hash, &mut bytes.hash);
        if !digits || cost < 4 || (salt, hash) != (Ok(16), Ok(23)) {
            return Err(WrongHash::Malformed);
        }
        match cost > MOST_COST {
            true => Err(WrongHash::TooMuch),
            false => Ok(bytes),
        }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let digits;
        let password = match self.of_sha256 {
            true => {
                let hash = Hash::Sha256.of(password);
                digits = hash
                    .as_bytes()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>();
                digits.as_bytes()
            }
            false => password,
        };
        // The password ends with a zero, where there is room for it.
        let mut read = [0; READ];
        let length = password.len().min(READ);
        read[..length].copy_from_slice(&password[..length]);
        let made = bcrypt::bcrypt(self.cost, self.salt, &read[..(length + 1).min(READ)]);
        equals(&made[..23], &self.hash)
    }
}
