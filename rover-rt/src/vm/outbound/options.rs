//! Tables of options, read without calling Lua.

use std::ffi::c_int;
use std::time::Duration;

use mlua::ffi::{self, lua_State};
use rover_model::{parse_duration, parse_size};

use crate::outbound::{Defaults, FetchRequest};
use crate::tls::Trust;
use crate::vm::native::stack::bytes;
use crate::wait::error::WaitError;

/// For "any time".
const FOREVER: Duration = Duration::from_secs(1 << 30);

/// More redirects or repetitions are nobody's wish.
const MOST_TIMES: f64 = 1000.0;

/// The names of a request's options, for those who misspell one.
const NAMES: &str = "headers, query, json, form, body, timeout, redirects, retries, max_body, proxy, tls, stream, trace";

/// What a program gave is not what the option takes.
fn wrong(name: &str, expected: &str) -> WaitError {
    WaitError::new(
        "argument",
        format!("the option `{name}` must be {expected}"),
    )
}

/// Sets what a table of options says of a request. `json` is left to `http.lua`, `base_url` and
/// `max_connections` are the client's.
///
/// # Safety
/// In a contained native with ten free slots; `index` is absolute, and a table is there.
pub(crate) unsafe fn read(
    state: *mut lua_State,
    index: c_int,
    request: &mut FetchRequest,
) -> Result<(), WaitError> {
    // SAFETY: the caller has the table and the free slots.
    unsafe {
        each(state, index, |name, value| match name {
            b"headers" => pairs(state, value, "headers", |name, value, is_first| {
                let Value::Text(value) = value else {
                    return Err(wrong("headers", "a table of texts and numbers"));
                };
                match is_first {
                    true => request.set_header(name, value),
                    false => request.add_header(name, value),
                }
            }),
            b"query" => {
                let query = collected(state, value, "query")?;
                request.query(query.iter().map(|(name, value)| (&name[..], &value[..])));
                Ok(())
            }
            b"form" => {
                let form = collected(state, value, "form")?;
                request.form(form.iter().map(|(name, value)| (&name[..], &value[..])));
                Ok(())
            }
            b"body" => match text(state, value) {
                Some(body) => {
                    request.bytes(body.to_vec().into(), None);
                    Ok(())
                }
                None => Err(wrong("body", "a text")),
            },
            b"timeout" => {
                request.timeout = duration(state, value)?;
                Ok(())
            }
            b"redirects" => {
                request.redirects = times(state, value, "redirects")?;
                Ok(())
            }
            b"retries" => {
                request.retries = times(state, value, "retries")?;
                Ok(())
            }
            b"max_body" => {
                request.max_body = Some(size(state, value)?);
                Ok(())
            }
            b"proxy" => match (ffi::lua_type(state, value), text(state, value)) {
                (ffi::LUA_TBOOLEAN, _) if ffi::lua_toboolean(state, value) == 0 => {
                    request.no_proxy();
                    Ok(())
                }
                (_, Some(url)) => request.proxy(&String::from_utf8_lossy(url)),
                _ => Err(wrong("proxy", "a URL, or false")),
            },
            b"tls" => {
                request.trust(trust(state, value)?);
                Ok(())
            }
            b"stream" => {
                request.stream = boolean(state, value, "stream")?;
                Ok(())
            }
            b"trace" => {
                request.trace = boolean(state, value, "trace")?;
                Ok(())
            }
            b"json" | b"base_url" | b"max_connections" => Ok(()),
            other => Err(unknown(other)),
        })
    }
}

fn unknown(name: &[u8]) -> WaitError {
    let name = String::from_utf8_lossy(name);
    WaitError::new(
        "argument",
        format!("rover.http has no option `{name}` (it has {NAMES})"),
    )
}

/// Sets what a table of options says of a client alone.
///
/// # Safety
/// As for [`read`].
pub(crate) unsafe fn read_client(
    state: *mut lua_State,
    index: c_int,
    defaults: &mut Defaults,
) -> Result<(), WaitError> {
    // SAFETY: the caller has the table and the free slots.
    unsafe {
        each(state, index, |name, value| match name {
            b"base_url" => match text(state, value) {
                Some(url) => defaults.base_url(&String::from_utf8_lossy(url)),
                None => Err(wrong("base_url", "a URL")),
            },
            b"max_connections" => {
                let most = ffi::lua_tonumber(state, value);
                let is_number = ffi::lua_type(state, value) == ffi::LUA_TNUMBER;
                if !is_number || most.fract() != 0.0 || !(1.0..=65536.0).contains(&most) {
                    return Err(wrong("max_connections", "a whole number from 1 to 65536"));
                }
                defaults.max_connections = Some(most as usize);
                Ok(())
            }
            _ => Ok(()),
        })
    }
}

/// Calls a function with each name of a table and the place of its value.
///
/// # Safety
/// In a contained native with six free slots; `index` is absolute, and a table is there.
unsafe fn each(
    state: *mut lua_State,
    index: c_int,
    mut f: impl FnMut(&[u8], c_int) -> Result<(), WaitError>,
) -> Result<(), WaitError> {
    // SAFETY: `lua_next` is raw, and gets the key that it gave: it raises no error, as the
    // table does not change. A key is read as a text only where it is one.
    unsafe {
        let top = ffi::lua_gettop(state);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, index) != 0 {
            let key = ffi::lua_gettop(state) - 1;
            let read = match ffi::lua_type(state, key) {
                ffi::LUA_TSTRING => f(bytes(state, key).unwrap_or_default(), key + 1),
                _ => Err(WaitError::new("argument", "options have names")),
            };
            if let Err(error) = read {
                ffi::lua_settop(state, top);
                return Err(error);
            }
            ffi::lua_pop(state, 1);
        }
    }
    Ok(())
}

enum Value<'a> {
    Text(&'a [u8]),
    Boolean(bool),
}

/// Calls a function with each pair of a table, with each item of a value that is a list. It is told
/// whether it is the first of its name.
///
/// # Safety
/// As for [`each`].
unsafe fn pairs(
    state: *mut lua_State,
    index: c_int,
    option: &str,
    mut f: impl FnMut(&[u8], Value<'_>, bool) -> Result<(), WaitError>,
) -> Result<(), WaitError> {
    // SAFETY: as for `each`; an item of a list takes one more slot, and its number is read as a
    // text where it lies alone.
    unsafe {
        if ffi::lua_type(state, index) != ffi::LUA_TTABLE {
            return Err(wrong(option, "a table"));
        }
        each(state, index, |name, value| {
            if ffi::lua_type(state, value) != ffi::LUA_TTABLE {
                let one = scalar(state, value);
                return f(name, one.ok_or_else(|| wrong(option, SCALARS))?, true);
            }
            let mut at = 1;
            loop {
                ffi::lua_rawgeti(state, value, at);
                if ffi::lua_isnil(state, -1) != 0 {
                    ffi::lua_pop(state, 1);
                    return Ok(());
                }
                let item = scalar(state, ffi::lua_gettop(state));
                f(name, item.ok_or_else(|| wrong(option, SCALARS))?, at == 1)?;
                ffi::lua_pop(state, 1);
                at += 1;
            }
        })
    }
}

const SCALARS: &str = "a table of texts, numbers and booleans, or lists of them";

/// # Safety
/// `index` is absolute and valid, and no key of a running `lua_next`.
unsafe fn scalar<'a>(state: *mut lua_State, index: c_int) -> Option<Value<'a>> {
    // SAFETY: the value is read by its own type, and used while it is on the stack.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::LUA_TBOOLEAN => Some(Value::Boolean(ffi::lua_toboolean(state, index) != 0)),
            _ => text(state, index).map(Value::Text),
        }
    }
}

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// The pairs of a query or a form.
///
/// # Safety
/// As for [`each`].
unsafe fn collected(state: *mut lua_State, index: c_int, option: &str) -> Result<Pairs, WaitError> {
    let mut found = Vec::new();
    // SAFETY: as for `pairs`.
    unsafe {
        pairs(state, index, option, |name, value, _| {
            let value = match value {
                Value::Text(text) => text,
                Value::Boolean(true) => b"true",
                Value::Boolean(false) => b"false",
            };
            found.push((name.to_vec(), value.to_vec()));
            Ok(())
        })?;
    }
    Ok(found)
}

/// A text or a number, as a text.
///
/// # Safety
/// `index` is valid, and no key of a running `lua_next`; the text is used while it is on the stack.
unsafe fn text<'a>(state: *mut lua_State, index: c_int) -> Option<&'a [u8]> {
    // SAFETY: as the caller says.
    unsafe { bytes(state, index) }
}

/// # Safety
/// `index` is valid.
unsafe fn boolean(state: *mut lua_State, index: c_int, name: &str) -> Result<bool, WaitError> {
    // SAFETY: as the caller says.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::LUA_TBOOLEAN => Ok(ffi::lua_toboolean(state, index) != 0),
            _ => Err(wrong(name, "true or false")),
        }
    }
}

/// # Safety
/// `index` is valid.
unsafe fn times(state: *mut lua_State, index: c_int, name: &str) -> Result<u32, WaitError> {
    // SAFETY: as the caller says.
    let (number, kind) = unsafe { (ffi::lua_tonumber(state, index), ffi::lua_type(state, index)) };
    let is_whole = number.fract() == 0.0 && (0.0..=MOST_TIMES).contains(&number);
    match kind == ffi::LUA_TNUMBER && is_whole {
        true => Ok(number as u32),
        false => Err(wrong(name, "a whole number from 0 to 1000")),
    }
}

/// # Safety
/// `index` is valid, and no key of a running `lua_next`.
unsafe fn duration(state: *mut lua_State, index: c_int) -> Result<Duration, WaitError> {
    const EXPECTED: &str = "a number of seconds or a text such as \"250ms\"";
    // SAFETY: as the caller says; a number is not read as a text.
    let time = unsafe {
        match ffi::lua_type(state, index) {
            ffi::LUA_TNUMBER => {
                let seconds = ffi::lua_tonumber(state, index);
                if !(0.0..1e9).contains(&seconds) {
                    return Err(wrong("timeout", EXPECTED));
                }
                Duration::from_secs_f64(seconds)
            }
            ffi::LUA_TSTRING => {
                let text = String::from_utf8_lossy(text(state, index).unwrap_or_default());
                let read = parse_duration(&text).map_err(|_| wrong("timeout", EXPECTED))?;
                Duration::from_millis(read.into())
            }
            _ => return Err(wrong("timeout", EXPECTED)),
        }
    };
    Ok(if time.is_zero() { FOREVER } else { time })
}

/// # Safety
/// `index` is valid, and no key of a running `lua_next`.
unsafe fn size(state: *mut lua_State, index: c_int) -> Result<u64, WaitError> {
    const EXPECTED: &str = "a number of bytes or a text such as \"8MiB\"";
    // SAFETY: as the caller says; a number is not read as a text.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::LUA_TNUMBER => {
                let number = ffi::lua_tonumber(state, index);
                match number.fract() == 0.0 && (0.0..=9e15).contains(&number) {
                    true => Ok(number as u64),
                    false => Err(wrong("max_body", EXPECTED)),
                }
            }
            ffi::LUA_TSTRING => {
                let text = String::from_utf8_lossy(text(state, index).unwrap_or_default());
                parse_size(&text).map_err(|_| wrong("max_body", EXPECTED))
            }
            _ => Err(wrong("max_body", EXPECTED)),
        }
    }
}

/// # Safety
/// As for [`each`].
unsafe fn trust(state: *mut lua_State, index: c_int) -> Result<Trust, WaitError> {
    const EXPECTED: &str = "a table with `ca`, a text in PEM, or `verify`, true or false";
    let mut authorities = None;
    let mut verify = true;
    // SAFETY: as for `each`.
    unsafe {
        if ffi::lua_type(state, index) != ffi::LUA_TTABLE {
            return Err(wrong("tls", EXPECTED));
        }
        each(state, index, |name, value| match name {
            b"ca" => {
                let pem = text(state, value).ok_or_else(|| wrong("tls", EXPECTED))?;
                authorities = Some(pem.to_vec());
                Ok(())
            }
            b"verify" => {
                verify = boolean(state, value, "tls.verify")?;
                Ok(())
            }
            _ => Err(wrong("tls", EXPECTED)),
        })?;
    }
    Ok(Trust::new(verify, authorities.as_deref()))
}
