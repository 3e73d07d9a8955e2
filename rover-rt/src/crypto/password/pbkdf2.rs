//! PBKDF2 (RFC 8018), in the forms of Django, passlib, Werkzeug and the PHC.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, Algorithm};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use rover_model::coding::from_hex;

use super::wrong::WrongHash;

/// A second or two.
const MOST_ITERATIONS: u32 = 5_000_000;
const LONGEST_HASH: usize = 128;
const LONGEST_SALT: usize = 1024;

/// A hash of PBKDF2, as it is stored.
pub(crate) struct Pbkdf2Hash {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

fn algorithm(name: &str) -> Result<Algorithm, WrongHash> {
    Ok(match name {
        "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        "sha384" => pbkdf2::PBKDF2_HMAC_SHA384,
        "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return Err(WrongHash::Unknown),
    })
}

fn iterations(text: &str) -> Result<NonZeroU32, WrongHash> {
    let count: NonZeroU32 = text.parse().map_err(|_| WrongHash::Malformed)?;
    match count.get() > MOST_ITERATIONS {
        true => Err(WrongHash::TooMuch),
        false => Ok(count),
    }
}

impl Pbkdf2Hash {
    fn new(
        algorithm: Algorithm,
        iterations: NonZeroU32,
        salt: Option<Vec<u8>>,
        hash: Option<Vec<u8>>,
    ) -> Result<Self, WrongHash> {
        let (Some(salt), Some(hash)) = (salt, hash) else {
            return Err(WrongHash::Malformed);
        };
        if salt.len() > LONGEST_SALT || !(16..=LONGEST_HASH).contains(&hash.len()) {
            return Err(WrongHash::Malformed);
        }
        Ok(Pbkdf2Hash {
            algorithm,
            iterations,
            salt,
            hash,
        })
    }

    /// Django's `pbkdf2_sha256$600000$salt$hash`, of which the salt is text.
    pub(super) fn parse_django(text: &str) -> Result<Self, WrongHash> {
        let parts: Vec<&str> = text.split('$').collect();
        let [name, count, salt, hash] = parts[..] else {
            return Err(WrongHash::Malformed);
        };
        let name = name.strip_prefix("pbkdf2_").ok_or(WrongHash::Unknown)?;
        let salt = Some(salt.as_bytes().to_vec());
        let hash = STANDARD.decode(hash).ok();
        Pbkdf2Hash::new(algorithm(name)?, iterations(count)?, salt, hash)
    }

    /// Werkzeug's `pbkdf2:sha256:600000$salt$hash`, of which the salt is text and the hash
    /// hexadecimal digits.
    pub(super) fn parse_werkzeug(text: &str) -> Result<Self, WrongHash> {
        let parts: Vec<&str> = text.split('$').collect();
        let [method, salt, hash] = parts[..] else {
            return Err(WrongHash::Malformed);
        };
        let method: Vec<&str> = method.split(':').collect();
        let ["pbkdf2", name, count] = method[..] else {
            return Err(WrongHash::Malformed);
        };
        let salt = Some(salt.as_bytes().to_vec());
        let hash = from_hex(hash.as_bytes()).ok();
        Pbkdf2Hash::new(algorithm(name)?, iterations(count)?, salt, hash)
    }

    /// `$pbkdf2-sha256$i=600000,l=32$salt$hash`, and passlib's `$pbkdf2-sha256$600000$salt$hash`,
    /// in which `.` stands for `+`. A name without a hash function is that of SHA-1.
    pub(super) fn parse_dollar(text: &str) -> Result<Self, WrongHash> {
        let parts: Vec<&str> = text.split('$').collect();
        let ["", name, parameters, salt, hash] = parts[..] else {
            return Err(WrongHash::Malformed);
        };
        let name = match name.strip_prefix("pbkdf2").unwrap_or(name) {
            "" => "sha1",
            name => name.strip_prefix('-').ok_or(WrongHash::Unknown)?,
        };
        let algorithm = algorithm(name)?;
        let decoded = |text: &str| STANDARD_NO_PAD.decode(text.replace('.', "+")).ok();
        let count = parameters
            .split(',')
            .find_map(|parameter| parameter.strip_prefix("i="))
            .unwrap_or(parameters);
        Pbkdf2Hash::new(algorithm, iterations(count)?, decoded(salt), decoded(hash))
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let Pbkdf2Hash {
            algorithm,
            iterations,
            salt,
            hash,
        } = self;
        pbkdf2::verify(*algorithm, *iterations, salt, password, hash).is_ok()
    }
}
