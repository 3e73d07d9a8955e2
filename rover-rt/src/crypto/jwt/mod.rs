//! JSON Web Tokens (RFC 7519) in the form of RFC 7515, section 7.1: `header.claims.signature`.
//!
//! Which algorithm a token has is decided by the key that it is checked with, never by the token
//! (RFC 8725, section 3.1). What the claims say of times and audiences is judged by `jwt.lua`.

mod algorithm;
mod jwk;
mod key;
mod keys;
mod pem;
#[cfg(feature = "client")]
mod published;
mod token;

pub(crate) use algorithm::Algorithm;
pub(crate) use key::Slow;
pub(crate) use keys::Keys;
#[cfg(feature = "client")]
pub(crate) use published::Published;
pub(crate) use token::{Invalid, Signing, sign, verify};

#[cfg(test)]
mod tests;
