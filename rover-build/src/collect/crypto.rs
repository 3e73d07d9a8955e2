//! `rover.base64`, `rover.hex`, `rover.url`, `rover.crypto` and `rover.csrf` in the compiler's VM: what gives the
//! same value always is done as a worker does it, and the rest is refused while the program loads.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use mlua::{Lua, LuaString, Table, Value};
use rover_model::coding::{self, CodingError};
use rover_model::{CRYPTO_LUA, CSRF_LUA};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::json::raise;

const JWT_LUA: &str = include_str!("../../lua/jwt.lua");

/// Makes a table of the words of `rover`.
pub(crate) fn install(lua: &Lua) -> mlua::Result<Table> {
    let raise = raise(lua)?;
    let natives = lua.create_table()?;
    let to_base64 = lua.create_function(|lua, (text, url, pad): (LuaString, bool, bool)| {
        lua.create_string(coding::to_base64(&text.as_bytes(), url, pad))
    })?;
    natives.set("to_base64", to_base64)?;
    let from_base64 = lua.create_function(|lua, (text, url): (LuaString, bool)| {
        decoded(lua, coding::from_base64(&text.as_bytes(), url))
    })?;
    natives.set("from_base64", from_base64)?;
    for (name, encode) in [
        ("to_hex", coding::to_hex as fn(&[u8]) -> String),
        ("to_url", coding::to_url),
    ] {
        let encode = lua.create_function(move |lua, text: LuaString| {
            lua.create_string(encode(&text.as_bytes()))
        })?;
        natives.set(name, encode)?;
    }
    for (name, decode) in [
        (
            "from_hex",
            coding::from_hex as fn(&[u8]) -> Result<Vec<u8>, CodingError>,
        ),
        ("from_url", coding::from_url),
    ] {
        let decode = lua
            .create_function(move |lua, text: LuaString| decoded(lua, decode(&text.as_bytes())))?;
        natives.set(name, decode)?;
    }
    type Hashed = (LuaString, LuaString, bool);
    let hash = lua.create_function(|lua, (name, text, hex): Hashed| {
        shown(lua, hash(&name.as_bytes(), &text.as_bytes()), hex)
    })?;
    natives.set("crypto_hash", hash)?;
    type Keyed = (LuaString, LuaString, LuaString, bool);
    let hmac = lua.create_function(|lua, (name, key, text, hex): Keyed| {
        let code = keyed(&name.as_bytes(), &key.as_bytes(), &text.as_bytes());
        shown(lua, code, hex)
    })?;
    natives.set("crypto_hmac", hmac)?;
    let equals = lua.create_function(|_, (a, b): (LuaString, LuaString)| Ok(a == b))?;
    natives.set("crypto_equals", equals)?;
    let is_loaded = lua.create_function(|_, ()| Ok(false))?;
    let charge = lua.create_function(|_, _: f64| Ok(()))?;
    let words = lua.load(CRYPTO_LUA).set_name("=rover");
    let words: Table = words.call((natives, &raise, is_loaded, charge))?;
    // No request is checked while the program loads.
    let check = lua.create_function(|_, _: mlua::MultiValue| Ok(()))?;
    let csrf = lua.load(CSRF_LUA).set_name("=rover");
    words.set("csrf", csrf.call::<Table>((check, &raise))?)?;
    let of_requests: Table = lua.load(JWT_LUA).set_name("=rover").call(raise)?;
    for pair in of_requests.pairs::<String, Table>() {
        let (name, word) = pair?;
        words.set(name, word)?;
    }
    Ok(words)
}

/// The bytes, or nil and why there are none.
fn decoded(lua: &Lua, bytes: Result<Vec<u8>, CodingError>) -> mlua::Result<(Value, Value)> {
    let text = |bytes: &[u8]| lua.create_string(bytes).map(Value::String);
    Ok(match bytes {
        Ok(bytes) => (text(&bytes)?, Value::Nil),
        Err(error) => (Value::Nil, text(error.to_string().as_bytes())?),
    })
}

fn shown(lua: &Lua, code: Option<Vec<u8>>, hex: bool) -> mlua::Result<Option<LuaString>> {
    let code = code.map(|code| match hex {
        true => coding::to_hex(&code).into_bytes(),
        false => code,
    });
    code.map(|code| lua.create_string(code)).transpose()
}

fn hash(name: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    Some(match name {
        b"sha256" => Sha256::digest(text).to_vec(),
        b"sha384" => Sha384::digest(text).to_vec(),
        b"sha512" => Sha512::digest(text).to_vec(),
        b"sha1" => Sha1::digest(text).to_vec(),
        b"md5" => Md5::digest(text).to_vec(),
        _ => return None,
    })
}

fn keyed(name: &[u8], key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    fn code<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        // HMAC takes keys of any length.
        let code = <M as KeyInit>::new_from_slice(key).ok()?;
        Some(code.chain_update(text).finalize().into_bytes().to_vec())
    }
    match name {
        b"sha256" => code::<Hmac<Sha256>>(key, text),
        b"sha384" => code::<Hmac<Sha384>>(key, text),
        b"sha512" => code::<Hmac<Sha512>>(key, text),
        b"sha1" => code::<Hmac<Sha1>>(key, text),
        b"md5" => code::<Hmac<Md5>>(key, text),
        _ => None,
    }
}
