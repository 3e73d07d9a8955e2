//! Keys as JSON (RFC 7517, RFC 7518 section 6, RFC 8037).

use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rover_model::json::{Kind, Malformed, Reader};

use super::algorithm::{Algorithm, Family};
use super::key::{Key, KeyError};

/// A set has at most so many keys.
const MOST: usize = 100;
/// Longer sets are none.
const LONGEST: usize = 256 << 10;

/// The members that are read, and where they are kept.
const MEMBERS: [&str; 16] = [
    "kty", "alg", "kid", "use", "crv", "k", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y",
];

/// The texts of a JWK.
#[derive(Default)]
struct Jwk {
    members: [Option<String>; MEMBERS.len()],
}

impl Jwk {
    fn get(&self, name: &str) -> Option<&str> {
        let at = MEMBERS.iter().position(|member| *member == name)?;
        self.members[at].as_deref()
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, KeyError> {
        let bytes = self
            .get(name)
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        bytes.ok_or(KeyError::Malformed(
            "a number of it is missing or no Base64",
        ))
    }

    /// The key, for the program's algorithm or else its own.
    fn key(&self, wanted: Option<Algorithm>) -> Result<Key, KeyError> {
        let own = match self.get("alg") {
            Some(name) => Some(Algorithm::by_name(name.as_bytes()).ok_or(KeyError::Unknown)?),
            None => None,
        };
        if let (Some(own), Some(wanted)) = (own, wanted)
            && own != wanted
        {
            return Err(KeyError::Other(wanted.name()));
        }
        if self.get("use").is_some_and(|usage| usage != "sig") {
            return Err(KeyError::Malformed("it is for encryption"));
        }
        let mut key = match self.get("kty") {
            Some("oct") => {
                let algorithm = wanted.or(own).unwrap_or(Algorithm::Hs256);
                Key::secret(&self.bytes("k")?, algorithm)
            }
            Some("RSA") => self.rsa(wanted.or(own).unwrap_or(Algorithm::Rs256)),
            Some("EC" | "OKP") => self.of_curve(wanted.or(own)),
            _ => Err(KeyError::Unknown),
        }?;
        key.id = self.get("kid").map(Box::from);
        Ok(key)
    }

    fn rsa(&self, algorithm: Algorithm) -> Result<Key, KeyError> {
        match algorithm.family() {
            Family::Rsa(_) => {}
            Family::Secret(_) => return Err(KeyError::NotSecret(algorithm.name())),
            _ => return Err(KeyError::Other(algorithm.name())),
        }
        let (n, e) = (self.bytes("n")?, self.bytes("e")?);
        if self.get("d").is_none() {
            return Key::public(&sequence(Vec::new(), &[n, e]), algorithm);
        }
        let mut numbers = vec![n, e];
        for name in ["d", "p", "q", "dp", "dq", "qi"] {
            numbers.push(self.bytes(name)?);
        }
        let version = vec![2, 1, 0];
        let pair = RsaKeyPair::from_der(&sequence(version, &numbers));
        Key::rsa(pair.map_err(|_| KeyError::Unknown)?, algorithm)
    }

    fn of_curve(&self, algorithm: Option<Algorithm>) -> Result<Key, KeyError> {
        let curve = self.get("crv");
        let of_curve = |one: &Algorithm| curve.is_some() && one.curve() == curve;
        let own = Algorithm::OF_KEYS.into_iter().find(of_curve);
        let own = own.ok_or(KeyError::Unknown)?;
        let algorithm = algorithm.unwrap_or(own);
        if let Family::Secret(_) = algorithm.family() {
            return Err(KeyError::NotSecret(algorithm.name()));
        }
        if algorithm != own {
            return Err(KeyError::Other(algorithm.name()));
        }
        let x = self.bytes("x")?;
        let private = self.get("d").map(|_| self.bytes("d")).transpose()?;
        let other = |_| KeyError::Other(algorithm.name());
        match (algorithm.family(), private) {
            (Family::Edwards, None) => Key::public(&x, algorithm),
            (Family::Edwards, Some(d)) => {
                let pair = Ed25519KeyPair::from_seed_and_public_key(&d, &x).map_err(other)?;
                Key::edwards(pair, algorithm)
            }
            (Family::Curve(curve), private) => {
                // The point without compression (SEC 1, section 2.3.3).
                let point = [&[4][..], &x, &self.bytes("y")?].concat();
                let Some(d) = private else {
                    return Key::public(&point, algorithm);
                };
                let pair = EcdsaKeyPair::from_private_key_and_public_key(curve, &d, &point);
                Key::curve(pair.map_err(other)?, algorithm)
            }
            _ => Err(KeyError::Other(algorithm.name())),
        }
    }
}

/// Numbers as a sequence of DER, behind what stands there: `RSAPublicKey` and `RSAPrivateKey` of
/// PKCS #1 (RFC 8017, appendix A.1).
fn sequence(mut content: Vec<u8>, numbers: &[Vec<u8>]) -> Vec<u8> {
    for number in numbers {
        let first = number.iter().position(|byte| *byte != 0);
        let number = &number[first.unwrap_or(number.len())..];
        // A number that is not negative begins with a bit that is 0.
        let zero: &[u8] = match number.first() {
            Some(byte) if *byte < 0x80 => &[],
            _ => &[0],
        };
        element(2, &[zero, number].concat(), &mut content);
    }
    let mut sequence = Vec::new();
    element(0x30, &content, &mut sequence);
    sequence
}

/// An element of DER.
fn element(tag: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    let length = content.len().to_be_bytes();
    let first = length.iter().position(|byte| *byte != 0);
    let length = &length[first.unwrap_or(length.len() - 1)..];
    if content.len() >= 0x80 {
        out.push(0x80 | length.len() as u8);
    }
    out.extend_from_slice(length);
    out.extend_from_slice(content);
}

/// Reads a JWK, or a set of which all keys must be known; and whether it is a set.
pub(super) fn read(
    text: &[u8],
    algorithm: Option<Algorithm>,
) -> Result<(Vec<Key>, bool), KeyError> {
    match parse(text)? {
        Parsed::One(jwk) => Ok((vec![jwk.key(algorithm)?], false)),
        Parsed::Set(set) if set.is_empty() => Err(KeyError::Malformed("the set is empty")),
        Parsed::Set(set) => {
            let keys = set.iter().map(|jwk| jwk.key(algorithm));
            Ok((keys.collect::<Result<_, _>>()?, true))
        }
    }
}

/// Reads a set of which secrets and unknown keys are left out.
#[cfg(feature = "client")]
pub(super) fn read_published(
    text: &[u8],
    algorithm: Option<Algorithm>,
) -> Result<Vec<Key>, KeyError> {
    let Parsed::Set(set) = parse(text)? else {
        return Err(KeyError::Malformed("it is no set of keys"));
    };
    let public = set.iter().filter(|jwk| jwk.get("kty") != Some("oct"));
    let keys: Vec<Key> = public.filter_map(|jwk| jwk.key(algorithm).ok()).collect();
    match keys.is_empty() {
        true => Err(KeyError::Malformed("the set has no key that is of use")),
        false => Ok(keys),
    }
}

enum Parsed {
    One(Box<Jwk>),
    Set(Vec<Jwk>),
}

fn parse(text: &[u8]) -> Result<Parsed, KeyError> {
    if text.len() > LONGEST {
        return Err(KeyError::Malformed("it is too long"));
    }
    let mut scratch = String::new();
    let mut reader = Reader::new(text);
    let parsed = object(&mut reader, &mut scratch);
    let ended = parsed.and_then(|parsed| reader.end().map(|()| parsed));
    ended.map_err(|_| KeyError::Malformed("its JSON is not that of a key"))
}

fn object(reader: &mut Reader<'_>, scratch: &mut String) -> Result<Parsed, Malformed> {
    let (mut jwk, mut set) = (Jwk::default(), None);
    reader.peek()?;
    let mut more = reader.begin_object()?;
    while more {
        let name = reader.key(scratch)?.to_owned();
        let kind = reader.peek()?;
        let member = MEMBERS.iter().position(|member| *member == name);
        match (name.as_str(), kind, member) {
            ("keys", Kind::Array, _) => set = Some(keys(reader, scratch)?),
            (_, Kind::String, Some(at)) => {
                jwk.members[at] = Some(reader.string(scratch)?.to_owned());
            }
            _ => reader.skip()?,
        }
        more = reader.next_field()?;
    }
    Ok(match set {
        Some(set) => Parsed::Set(set),
        None => Parsed::One(Box::new(jwk)),
    })
}

fn keys(reader: &mut Reader<'_>, scratch: &mut String) -> Result<Vec<Jwk>, Malformed> {
    let mut set = Vec::new();
    let mut more = reader.begin_array()?;
    while more {
        match reader.peek()? {
            Kind::Object => {
                if let Parsed::One(jwk) = object(reader, scratch)?
                    && set.len() < MOST
                {
                    set.push(*jwk);
                }
            }
            _ => reader.skip()?,
        }
        more = reader.next_element()?;
    }
    Ok(set)
}
