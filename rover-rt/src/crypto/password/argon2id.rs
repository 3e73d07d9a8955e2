//! Argon2 (RFC 9106).

use std::cell::RefCell;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::wrong::WrongHash;
use crate::crypto::{hash, random};

/// What new hashes take: OWASP's least (Password Storage Cheat Sheet), in KiB and rounds.
const MEMORY: u32 = 19_456;
const ROUNDS: u32 = 2;
const LANES: u32 = 1;

/// What a stored hash may ask for, so that it cannot stop the server.
const MOST_MEMORY: u32 = 256 * 1024;
const MOST_WORK: u64 = 1024 * 1024;
const MOST_LANES: u32 = 16;

/// A hash of Argon2, as it is stored.
pub(crate) struct Argon2Hash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

thread_local! {
    /// The memory of the last hash, which the system need not give again.
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// What a new hash takes.
fn todays() -> Params {
    #[expect(clippy::expect_used)]
    Params::new(MEMORY, ROUNDS, LANES, None).expect("these parameters are within Argon2's limits")
}

/// A new hash, in the form that all libraries read.
pub(crate) fn hash(password: &[u8]) -> Option<String> {
    let salt: [u8; 16] = random::bytes();
    let mut hash = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, todays());
    fill(&argon2, password, &salt, &mut hash)?;
    let mut text = format!("$argon2id$v=19$m={MEMORY},t={ROUNDS},p={LANES}$");
    STANDARD_NO_PAD.encode_string(salt, &mut text);
    text.push('$');
    STANDARD_NO_PAD.encode_string(hash, &mut text);
    Some(text)
}

/// Nothing where there is no memory for it.
fn fill(argon2: &Argon2<'_>, password: &[u8], salt: &[u8], hash: &mut [u8]) -> Option<()> {
    let blocks = argon2.params().block_count();
    BLOCKS.with_borrow_mut(|kept| {
        let missing = blocks.saturating_sub(kept.len());
        kept.try_reserve_exact(missing).ok()?;
        kept.resize(blocks.max(kept.len()), Block::new());
        let done = argon2.hash_password_into_with_memory(password, salt, hash, &mut kept[..blocks]);
        kept.truncate(todays().block_count());
        kept.shrink_to_fit();
        done.ok()
    })
}

impl Argon2Hash {
    /// One of which nothing is known, to spend the time.
    pub(super) fn none() -> Self {
        Argon2Hash {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params: todays(),
            salt: vec![0; 16],
            hash: Vec::new(),
        }
    }

    /// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`
    pub(super) fn parse(text: &str) -> Result<Self, WrongHash> {
        let mut parts = text.split('$').skip(1);
        let mut part = || parts.next().ok_or(WrongHash::Malformed);
        let algorithm = part()?.parse().map_err(|_| WrongHash::Malformed)?;
        let mut next = part()?;
        let version = match next.strip_prefix("v=") {
            Some("19") => Version::V0x13,
            Some("16") => Version::V0x10,
            Some(_) => return Err(WrongHash::Malformed),
            // Those of version 16 were written without it.
            None => Version::V0x10,
        };
        if next.starts_with("v=") {
            next = part()?;
        }
        let (mut memory, mut rounds, mut lanes) = (None, None, None);
        for parameter in next.split(',') {
            let (name, value) = parameter.split_once('=').ok_or(WrongHash::Malformed)?;
            let place = match name {
                "m" => &mut memory,
                "t" => &mut rounds,
                "p" => &mut lanes,
                // A secret or more data is nothing that is known here.
                _ => return Err(WrongHash::Malformed),
            };
            let value: u32 = value.parse().map_err(|_| WrongHash::Malformed)?;
            if place.replace(value).is_some() {
                return Err(WrongHash::Malformed);
            }
        }
        let (Some(memory), Some(rounds), Some(lanes)) = (memory, rounds, lanes) else {
            return Err(WrongHash::Malformed);
        };
        let work = u64::from(memory) * u64::from(rounds);
        if memory > MOST_MEMORY || work > MOST_WORK || lanes > MOST_LANES {
            return Err(WrongHash::TooMuch);
        }
        let decoded = |text: &str| STANDARD_NO_PAD.decode(text).ok();
        let salt = part().ok().and_then(decoded);
        let hash = part().ok().and_then(decoded);
        let (Some(salt), Some(hash), None) = (salt, hash, parts.next()) else {
            return Err(WrongHash::Malformed);
        };
        if !(8..=64).contains(&salt.len()) || !(16..=128).contains(&hash.len()) {
            return Err(WrongHash::Malformed);
        }
        let params = Params::new(memory, rounds, lanes, Some(hash.len()));
        Ok(Argon2Hash {
            algorithm,
            version,
            params: params.map_err(|_| WrongHash::Malformed)?,
            salt,
            hash,
        })
    }

    pub(super) fn is_of_today(&self) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.params.m_cost() >= MEMORY
            && self.params.t_cost() >= ROUNDS
            && self.hash.len() >= 32
    }

    pub(super) fn verify(&self, password: &[u8]) -> Option<bool> {
        let mut made = [0; 128];
        let length = match self.hash.len() {
            0 => 32,
            length => length,
        };
        let made = &mut made[..length];
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        fill(&argon2, password, &self.salt, made)?;
        Some(hash::equals(made, &self.hash))
    }
}

#[cfg(test)]
mod tests {
    use argon2::{AssociatedData, ParamsBuilder};

    use super::*;

    /// RFC 9106, section 5.
    #[test]
    fn the_rfcs_vectors() {
        let expected = [
            (
                Algorithm::Argon2d,
                "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb",
            ),
            (
                Algorithm::Argon2i,
                "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
            ),
            (
                Algorithm::Argon2id,
                "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
            ),
        ];
        for (algorithm, tag) in expected {
            let data = AssociatedData::new(&[4; 12]).expect("it is short");
            let params = ParamsBuilder::new()
                .m_cost(32)
                .t_cost(3)
                .p_cost(4)
                .data(data)
                .build()
                .expect("these are parameters");
            let secret = [3; 8];
            let argon2 =
                Argon2::new_with_secret(&secret, algorithm, Version::V0x13, params).expect("a key");
            let mut hash = [0; 32];
            fill(&argon2, &[1; 32], &[2; 16], &mut hash).expect("there is memory");
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, tag, "{algorithm}");
        }
    }
}
