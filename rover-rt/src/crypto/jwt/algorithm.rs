//! The algorithms of RFC 7518, section 3, and RFC 8037.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, EcdsaSigningAlgorithm, RsaEncoding, VerificationAlgorithm};

/// What a token is signed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

/// What kind of key an algorithm takes.
pub(crate) enum Family {
    Secret(hmac::Algorithm),
    Rsa(&'static dyn RsaEncoding),
    Curve(&'static EcdsaSigningAlgorithm),
    Edwards,
}

const NAMES: [(Algorithm, &str); 13] = [
    (Algorithm::Hs256, "HS256"),
    (Algorithm::Hs384, "HS384"),
    (Algorithm::Hs512, "HS512"),
    (Algorithm::Rs256, "RS256"),
    (Algorithm::Rs384, "RS384"),
    (Algorithm::Rs512, "RS512"),
    (Algorithm::Ps256, "PS256"),
    (Algorithm::Ps384, "PS384"),
    (Algorithm::Ps512, "PS512"),
    (Algorithm::Es256, "ES256"),
    (Algorithm::Es384, "ES384"),
    (Algorithm::Es512, "ES512"),
    (Algorithm::EdDsa, "EdDSA"),
];

impl Algorithm {
    /// Those that a key in PEM or a JWK is tried for where the program names none.
    pub(super) const OF_KEYS: [Algorithm; 5] = [
        Algorithm::Rs256,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::Es512,
        Algorithm::EdDsa,
    ];

    /// By its exact name. `none` is none.
    pub(crate) fn by_name(name: &[u8]) -> Option<Self> {
        let found = NAMES.iter().find(|(_, known)| known.as_bytes() == name);
        found.map(|(algorithm, _)| *algorithm)
    }

    pub(crate) fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    pub(super) fn family(self) -> Family {
        match self {
            Algorithm::Hs256 => Family::Secret(hmac::HMAC_SHA256),
            Algorithm::Hs384 => Family::Secret(hmac::HMAC_SHA384),
            Algorithm::Hs512 => Family::Secret(hmac::HMAC_SHA512),
            Algorithm::Rs256 => Family::Rsa(&signature::RSA_PKCS1_SHA256),
            Algorithm::Rs384 => Family::Rsa(&signature::RSA_PKCS1_SHA384),
            Algorithm::Rs512 => Family::Rsa(&signature::RSA_PKCS1_SHA512),
            Algorithm::Ps256 => Family::Rsa(&signature::RSA_PSS_SHA256),
            Algorithm::Ps384 => Family::Rsa(&signature::RSA_PSS_SHA384),
            Algorithm::Ps512 => Family::Rsa(&signature::RSA_PSS_SHA512),
            Algorithm::Es256 => Family::Curve(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::Es384 => Family::Curve(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::Es512 => Family::Curve(&signature::ECDSA_P521_SHA512_FIXED_SIGNING),
            Algorithm::EdDsa => Family::Edwards,
        }
    }

    /// How signatures are checked; nothing for secrets.
    pub(super) fn verification(self) -> Option<&'static dyn VerificationAlgorithm> {
        Some(match self {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => return None,
            Algorithm::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Algorithm::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Algorithm::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            Algorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
            Algorithm::Ps384 => &signature::RSA_PSS_2048_8192_SHA384,
            Algorithm::Ps512 => &signature::RSA_PSS_2048_8192_SHA512,
            Algorithm::Es256 => &signature::ECDSA_P256_SHA256_FIXED,
            Algorithm::Es384 => &signature::ECDSA_P384_SHA384_FIXED,
            Algorithm::Es512 => &signature::ECDSA_P521_SHA512_FIXED,
            Algorithm::EdDsa => &signature::ED25519,
        })
    }

    /// The curve's name in a JWK.
    pub(super) fn curve(self) -> Option<&'static str> {
        Some(match self {
            Algorithm::Es256 => "P-256",
            Algorithm::Es384 => "P-384",
            Algorithm::Es512 => "P-521",
            Algorithm::EdDsa => "Ed25519",
            _ => return None,
        })
    }
}
