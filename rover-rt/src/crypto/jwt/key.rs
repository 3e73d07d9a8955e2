//! A key, read once and made ready for its one algorithm.

use std::cell::RefCell;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    EcdsaKeyPair, Ed25519KeyPair, KeyPair, ParsedPublicKey, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::algorithm::{Algorithm, Family};

/// A secret has at least so many bytes: what HS256's signature has (RFC 7518, section 3.2).
const LEAST_SECRET: usize = 32;

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(
        "a secret has at least {LEAST_SECRET} bytes, and this one has {0}; `openssl rand -base64 32` makes one"
    )]
    Short(usize),
    #[error("{0} takes a key in PEM or a JWK, not a secret")]
    NoSecret(&'static str),
    #[error(
        "{0} takes a secret, and this is a key of another kind: with its public half anybody could sign"
    )]
    NotSecret(&'static str),
    #[error("this is no key of {0}")]
    Other(&'static str),
    #[error(
        "this is no key that is known here: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519"
    )]
    Unknown,
    #[error("the text is no key: {0}")]
    Malformed(&'static str),
    #[error("the key can only check: its private half is needed")]
    Public,
    #[error("of several keys it is not known which one signs")]
    Several,
}

/// What a key is made of.
enum Material {
    Secret(Box<hmac::Key>),
    Public(ParsedPublicKey),
    Rsa(Arc<RsaKeyPair>, &'static dyn RsaEncoding, ParsedPublicKey),
    Curve(EcdsaKeyPair, ParsedPublicKey),
    Edwards(Ed25519KeyPair, ParsedPublicKey),
}

/// A key for one algorithm.
pub(crate) struct Key {
    pub(super) algorithm: Algorithm,
    pub(super) id: Option<Box<str>>,
    material: Material,
    /// The header of a token whose header was right: most tokens of a key have the same.
    pub(super) accepted: RefCell<Vec<u8>>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Key {
    fn new(algorithm: Algorithm, material: Material) -> Self {
        Key {
            algorithm,
            id: None,
            material,
            accepted: RefCell::default(),
        }
    }

    pub(super) fn secret(secret: &[u8], algorithm: Algorithm) -> Result<Self, KeyError> {
        match algorithm.family() {
            Family::Secret(_) if secret.len() < LEAST_SECRET => Err(KeyError::Short(secret.len())),
            Family::Secret(hash) => {
                let key = Material::Secret(Box::new(hmac::Key::new(hash, secret)));
                Ok(Key::new(algorithm, key))
            }
            _ => Err(KeyError::NoSecret(algorithm.name())),
        }
    }

    /// A public key: of RSA as PKCS #1 or X.509 has it, of a curve its point or X.509.
    pub(super) fn public(bytes: &[u8], algorithm: Algorithm) -> Result<Self, KeyError> {
        let parsed = parsed(bytes, algorithm)?;
        Ok(Key::new(algorithm, Material::Public(parsed)))
    }

    pub(super) fn rsa(pair: RsaKeyPair, algorithm: Algorithm) -> Result<Self, KeyError> {
        let Family::Rsa(encoding) = algorithm.family() else {
            return Err(KeyError::Other(algorithm.name()));
        };
        let public = parsed(pair.public_key().as_ref(), algorithm)?;
        let pair = Material::Rsa(Arc::new(pair), encoding, public);
        Ok(Key::new(algorithm, pair))
    }

    pub(super) fn curve(pair: EcdsaKeyPair, algorithm: Algorithm) -> Result<Self, KeyError> {
        let public = parsed(pair.public_key().as_ref(), algorithm)?;
        Ok(Key::new(algorithm, Material::Curve(pair, public)))
    }

    pub(super) fn edwards(pair: Ed25519KeyPair, algorithm: Algorithm) -> Result<Self, KeyError> {
        let public = parsed(pair.public_key().as_ref(), algorithm)?;
        Ok(Key::new(algorithm, Material::Edwards(pair, public)))
    }

    /// Whether a signature is this key's.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Secret(key) => hmac::verify(key, message, signature).is_ok(),
            Material::Public(key)
            | Material::Rsa(_, _, key)
            | Material::Curve(_, key)
            | Material::Edwards(_, key) => key.verify_sig(message, signature).is_ok(),
        }
    }

    /// Appends the signature, in Base64.
    pub(super) fn sign(&self, message: &mut Vec<u8>) -> Result<(), KeyError> {
        let failed = |_| KeyError::Malformed("it signs nothing");
        let random = SystemRandom::new();
        let signature: Vec<u8> = match &self.material {
            Material::Secret(key) => hmac::sign(key, message).as_ref().to_vec(),
            Material::Public(_) => return Err(KeyError::Public),
            Material::Rsa(pair, encoding, _) => rsa(pair, *encoding, message)?,
            Material::Curve(pair, _) => {
                let signature = pair.sign(&random, message).map_err(failed)?;
                signature.as_ref().to_vec()
            }
            Material::Edwards(pair, _) => pair.sign(message).as_ref().to_vec(),
        };
        append(&signature, message);
        Ok(())
    }

    /// The signature of a message as work for another thread, where it takes more than a moment: 1.1 ms by a key of 3072
    /// bits, 2.2 ms by one of 4096, 0.4 ms by one of 2048.
    pub(super) fn signs_slowly(&self, message: &[u8]) -> Option<Slow> {
        match &self.material {
            Material::Rsa(pair, encoding, _) if pair.public_modulus_len() > SHORT_MODULUS => {
                Some(Slow {
                    pair: Arc::clone(pair),
                    encoding: *encoding,
                    message: message.to_vec(),
                })
            }
            _ => None,
        }
    }
}

/// The bytes of a modulus by which is signed in less than a millisecond.
const SHORT_MODULUS: usize = 256;

/// A token that is to be signed.
pub(crate) struct Slow {
    pair: Arc<RsaKeyPair>,
    encoding: &'static dyn RsaEncoding,
    message: Vec<u8>,
}

impl Slow {
    /// Signs it.
    pub(crate) fn sign(mut self) -> Result<Vec<u8>, KeyError> {
        let signature = rsa(&self.pair, self.encoding, &self.message)?;
        append(&signature, &mut self.message);
        Ok(self.message)
    }
}

fn rsa(
    pair: &RsaKeyPair,
    encoding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let mut signature = vec![0; pair.public_modulus_len()];
    let signed = pair.sign(encoding, &SystemRandom::new(), message, &mut signature);
    signed.map_err(|_| KeyError::Malformed("it signs nothing"))?;
    Ok(signature)
}

fn append(signature: &[u8], message: &mut Vec<u8>) {
    let mut text = String::new();
    URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    message.push(b'.');
    message.extend_from_slice(text.as_bytes());
}

fn parsed(bytes: &[u8], algorithm: Algorithm) -> Result<ParsedPublicKey, KeyError> {
    let verification = algorithm
        .verification()
        .ok_or(KeyError::NotSecret(algorithm.name()))?;
    ParsedPublicKey::new(verification, bytes).map_err(|_| KeyError::Other(algorithm.name()))
}
