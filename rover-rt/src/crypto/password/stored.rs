//! Hashes as they are stored.

use super::argon2id::Argon2Hash;
use super::bcrypted::BcryptHash;
use super::pbkdf2::Pbkdf2Hash;
use super::wrong::WrongHash;

/// A hash that was stored, by whomever.
pub(crate) enum Stored {
    Argon2(Argon2Hash),
    Bcrypt(BcryptHash),
    Pbkdf2(Pbkdf2Hash),
    /// No password has it: there is none, or it was made unusable.
    None,
}

/// Longer texts are no hashes.
const LONGEST: usize = 2048;

impl Stored {
    /// Reads a stored hash.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, WrongHash> {
        let text = match std::str::from_utf8(text) {
            Ok(text) if text.len() <= LONGEST => text,
            _ => return Err(WrongHash::Unknown),
        };
        // Django writes its own name before hashes of others' kinds.
        if let Some(rest) = text.strip_prefix("bcrypt_sha256$") {
            let mut hash = BcryptHash::parse(rest)?;
            hash.of_sha256 = true;
            return Ok(Stored::Bcrypt(hash));
        }
        let of_argon2 = text
            .strip_prefix("argon2")
            .filter(|rest| rest.starts_with("$a"));
        let of_bcrypt = text
            .strip_prefix("bcrypt$")
            .filter(|rest| rest.starts_with("$2"));
        let text = of_argon2.or(of_bcrypt).unwrap_or(text);
        match text.as_bytes() {
            // What Django and Unix write where nobody shall come in.
            [] | [b'!' | b'*', ..] => Ok(Stored::None),
            [b'$', b'a', ..] => Argon2Hash::parse(text).map(Stored::Argon2),
            [b'$', b'2', ..] => BcryptHash::parse(text).map(Stored::Bcrypt),
            [b'$', b'p', ..] => Pbkdf2Hash::parse_dollar(text).map(Stored::Pbkdf2),
            _ if text.starts_with("pbkdf2:") => {
                Pbkdf2Hash::parse_werkzeug(text).map(Stored::Pbkdf2)
            }
            _ if text.starts_with("pbkdf2_") => Pbkdf2Hash::parse_django(text).map(Stored::Pbkdf2),
            _ => Err(WrongHash::Unknown),
        }
    }

    /// Whether it takes as much as one that is made today.
    pub(crate) fn is_of_today(&self) -> bool {
        matches!(self, Stored::Argon2(hash) if hash.is_of_today())
    }

    /// Whether it is the password's; nothing where there is no memory to find out. Where there is no
    /// hash it takes as long as with one of today's, so that the time does not say who has one.
    pub(crate) fn verify(&self, password: &[u8]) -> Option<bool> {
        match self {
            Stored::Argon2(hash) => hash.verify(password),
            Stored::Bcrypt(hash) => Some(hash.verify(password)),
            Stored::Pbkdf2(hash) => Some(hash.verify(password)),
            Stored::None => Argon2Hash::none().verify(password).map(|_| false),
        }
    }
}
