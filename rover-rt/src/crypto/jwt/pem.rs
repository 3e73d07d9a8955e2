//! Keys in PEM (RFC 7468).

use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::algorithm::{Algorithm, Family};
use super::key::{Key, KeyError};

/// Longer ones are no keys.
const LONGEST: usize = 64 << 10;

/// Reads the first key of a text. Where the program names no algorithm, it is the first that such
/// keys are for.
pub(super) fn read(text: &[u8], algorithm: Option<Algorithm>) -> Result<Key, KeyError> {
    let (label, der) = block(text)?;
    if let Some(algorithm) = algorithm {
        return key(&label, &der, algorithm);
    }
    let mut tried = Algorithm::OF_KEYS.iter().map(|one| key(&label, &der, *one));
    let found = tried.find(|key| !matches!(key, Err(KeyError::Other(_))));
    found.unwrap_or(Err(KeyError::Unknown))
}

fn key(label: &str, der: &[u8], algorithm: Algorithm) -> Result<Key, KeyError> {
    let other = |_| KeyError::Other(algorithm.name());
    match (label, algorithm.family()) {
        (_, Family::Secret(_)) => Err(KeyError::NotSecret(algorithm.name())),
        ("PUBLIC KEY", _) | ("RSA PUBLIC KEY", Family::Rsa(_)) => Key::public(der, algorithm),
        ("PRIVATE KEY", Family::Rsa(_)) => {
            Key::rsa(RsaKeyPair::from_pkcs8(der).map_err(other)?, algorithm)
        }
        ("RSA PRIVATE KEY", Family::Rsa(_)) => {
            Key::rsa(RsaKeyPair::from_der(der).map_err(other)?, algorithm)
        }
        ("PRIVATE KEY", Family::Curve(curve)) => {
            let pair = EcdsaKeyPair::from_pkcs8(curve, der).map_err(other)?;
            Key::curve(pair, algorithm)
        }
        ("EC PRIVATE KEY", Family::Curve(curve)) => {
            let pair = EcdsaKeyPair::from_private_key_der(curve, der).map_err(other)?;
            Key::curve(pair, algorithm)
        }
        ("PRIVATE KEY", Family::Edwards) => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(other)?;
            Key::edwards(pair, algorithm)
        }
        ("RSA PUBLIC KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY", _) => {
            Err(KeyError::Other(algorithm.name()))
        }
        ("CERTIFICATE", _) => Err(KeyError::Malformed(
            "it is a certificate; `openssl x509 -pubkey -noout` gives its public key",
        )),
        ("ENCRYPTED PRIVATE KEY", _) => Err(KeyError::Malformed("it is encrypted")),
        _ => Err(KeyError::Malformed("its PEM is of no known kind")),
    }
}

/// The label and the bytes of the first block that is no list of parameters, which `openssl
/// ecparam` writes before a key.
fn block(text: &[u8]) -> Result<(String, Vec<u8>), KeyError> {
    let malformed = KeyError::Malformed("its PEM is not complete");
    let text = std::str::from_utf8(text).map_err(|_| malformed.clone())?;
    if text.len() > LONGEST {
        return Err(KeyError::Malformed("it is too long"));
    }
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once("-----BEGIN ").ok_or(malformed.clone())?;
        let (label, after) = after.split_once("-----").ok_or(malformed.clone())?;
        let end = format!("-----END {label}-----");
        let (content, after) = after.split_once(end.as_str()).ok_or(malformed.clone())?;
        rest = after;
        if label.ends_with("PARAMETERS") {
            continue;
        }
        // An environment's variable may have `\n` where the file has line breaks.
        let content = content.replace("\\n", "");
        let content: String = content.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(content).map_err(|_| malformed)?;
        return Ok((label.to_owned(), bytes));
    }
}
