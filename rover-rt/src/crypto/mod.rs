//! Cryptography: hashes, random bytes, encryption, passwords' hashes and signed tokens. Nothing here
//! knows Lua. All of it is aws-lc's, which TLS has too, but what that lacks: MD5, Argon2 and bcrypt.

pub(crate) mod hash;
pub(crate) mod jwt;
pub(crate) mod password;
pub(crate) mod random;
pub(crate) mod seal;
pub(crate) mod uuid;
