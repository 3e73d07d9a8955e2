//! Tokens, signed and checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rover_model::json::write::string;
use rover_model::json::{Kind, Malformed, Reader};

use super::algorithm::Algorithm;
use super::key::{Key, KeyError, Slow};
use super::keys::Keys;

/// Longer ones are refused before they are looked at.
const LONGEST: usize = 16 << 10;
/// The signature of the longest RSA key, of 8192 bits, with what decoding takes for its last group.
const LONGEST_SIGNATURE: usize = 1024 + 2;

/// Why a token does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    #[error("the token is malformed")]
    Malformed,
    #[error("the token has an algorithm that is not the key's")]
    Algorithm,
    /// Of a set of keys none is the token's.
    #[error("the token's key is not known")]
    UnknownKey,
    #[error("the token's signature is wrong")]
    Signature,
}

/// What a header says.
struct Header {
    algorithm: Option<Algorithm>,
    key: Option<String>,
}

/// A token that is signed, or will be.
pub(crate) enum Signing {
    Done(Vec<u8>),
    /// It takes more than a moment.
    Slow(Slow),
}

/// Signs claims, which are an object as JSON.
pub(crate) fn sign(claims: &[u8], keys: &Keys) -> Result<Signing, KeyError> {
    let key = keys.signing().ok_or(KeyError::Several)?;
    let mut header = Vec::with_capacity(64);
    header.extend_from_slice(b"{\"alg\":\"");
    header.extend_from_slice(key.algorithm.name().as_bytes());
    header.extend_from_slice(b"\",\"typ\":\"JWT\"");
    if let Some(id) = &key.id {
        header.extend_from_slice(b",\"kid\":");
        string(id.as_bytes(), &mut header);
    }
    header.push(b'}');
    let mut token = String::with_capacity(256 + claims.len() * 4 / 3);
    URL_SAFE_NO_PAD.encode_string(header, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let mut token = token.into_bytes();
    if let Some(slow) = key.signs_slowly(&token) {
        return Ok(Signing::Slow(slow));
    }
    key.sign(&mut token)?;
    Ok(Signing::Done(token))
}

/// The claims of a token that one of the keys has signed, which are an object as JSON.
pub(crate) fn verify(token: &[u8], keys: &Keys) -> Result<Vec<u8>, Invalid> {
    if token.len() > LONGEST {
        return Err(Invalid::Malformed);
    }
    let end = memchr::memrchr(b'.', token).ok_or(Invalid::Malformed)?;
    let (message, signature) = (&token[..end], &token[end + 1..]);
    let dot = memchr::memchr(b'.', message).ok_or(Invalid::Malformed)?;
    let (header, claims) = (&message[..dot], &message[dot + 1..]);
    let key = key_of(header, keys)?;
    let mut buffer = [0; LONGEST_SIGNATURE];
    let length = URL_SAFE_NO_PAD
        .decode_slice(signature, &mut buffer)
        .map_err(|_| Invalid::Malformed)?;
    if !key.has_signed(message, &buffer[..length]) {
        return Err(Invalid::Signature);
    }
    let claims = URL_SAFE_NO_PAD
        .decode(claims)
        .map_err(|_| Invalid::Malformed)?;
    match is_judgeable(&claims) {
        Ok(true) => {}
        Ok(false) | Err(_) => return Err(Invalid::Malformed),
    }
    let mut accepted = key.accepted.borrow_mut();
    if *accepted != header {
        accepted.clear();
        accepted.extend_from_slice(header);
    }
    Ok(claims)
}

/// The key that a token must be signed with.
fn key_of<'k>(header: &[u8], keys: &'k Keys) -> Result<&'k Key, Invalid> {
    if let ([key], false) = (&keys.keys[..], keys.is_set)
        && *key.accepted.borrow() == header
    {
        return Ok(key);
    }
    let header = read_header(header)?;
    let named = |key: &&Key| key.id.as_deref() == header.key.as_deref();
    let fits = |key: &&Key| Some(key.algorithm) == header.algorithm;
    let key = match (keys.is_set, &header.key) {
        (false, _) => keys.keys.first().ok_or(Invalid::UnknownKey)?,
        (true, Some(_)) => {
            let mut named = keys.keys.iter().filter(named);
            let first = named.clone().next().ok_or(Invalid::UnknownKey)?;
            // Two keys of one name differ in their algorithms (RFC 7517, section 4.5).
            named.find(fits).unwrap_or(first)
        }
        (true, None) => {
            let mut fitting = keys.keys.iter().filter(fits);
            match (fitting.next(), fitting.next()) {
                (Some(key), None) => key,
                _ => return Err(Invalid::UnknownKey),
            }
        }
    };
    match fits(&key) {
        true => Ok(key),
        false => Err(Invalid::Algorithm),
    }
}

fn read_header(header: &[u8]) -> Result<Header, Invalid> {
    let text = URL_SAFE_NO_PAD
        .decode(header)
        .map_err(|_| Invalid::Malformed)?;
    header_of(&text).ok().flatten().ok_or(Invalid::Malformed)
}

/// Nothing where it says something that is not understood (RFC 7515, section 4.1.11) or says it
/// twice (section 4).
fn header_of(text: &[u8]) -> Result<Option<Header>, Malformed> {
    let (mut reader, mut scratch) = (Reader::new(text), String::new());
    let (mut algorithm, mut key) = (None, None);
    if reader.peek()? != Kind::Object {
        return Ok(None);
    }
    let mut more = reader.begin_object()?;
    while more {
        let name = match reader.key(&mut scratch)? {
            "alg" => &mut algorithm,
            "kid" => &mut key,
            "crit" | "b64" | "zip" | "enc" => return Ok(None),
            _ => {
                reader.peek()?;
                reader.skip()?;
                more = reader.next_field()?;
                continue;
            }
        };
        if reader.peek()? != Kind::String {
            return Ok(None);
        }
        let value = reader.string(&mut scratch)?.to_owned();
        if name.replace(value).is_some() {
            return Ok(None);
        }
        more = reader.next_field()?;
    }
    reader.end()?;
    let algorithm = algorithm.and_then(|name| Algorithm::by_name(name.as_bytes()));
    Ok(Some(Header { algorithm, key }))
}

/// Whether claims are an object in which what is judged is not `null`: Lua would see nothing there.
fn is_judgeable(claims: &[u8]) -> Result<bool, Malformed> {
    let mut reader = Reader::new(claims);
    if reader.peek()? != Kind::Object {
        return Ok(false);
    }
    if memchr::memmem::find(claims, b"null").is_none() {
        return Ok(true);
    }
    let mut scratch = String::new();
    let mut more = reader.begin_object()?;
    while more {
        let is_judged = matches!(
            reader.key(&mut scratch)?,
            "exp" | "nbf" | "iat" | "iss" | "aud"
        );
        if reader.peek()? == Kind::Null && is_judged {
            return Ok(false);
        }
        reader.skip()?;
        more = reader.next_field()?;
    }
    Ok(true)
}
