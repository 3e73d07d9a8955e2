//! JSON to Lua tables: Rover's `rover.json.decode` and lua-cjson, each in this program's
//! LuaJIT, in a loop of Lua's.
#![allow(unsafe_code)]

use std::path::Path;
use std::time::{Duration, Instant};

use mlua::{Function, Lua};

use crate::Failure;

rover::app!(mod program = "json/routes.lua");

/// How long so many rounds of decoding a text take.
pub(crate) type Decoder = Box<dyn FnMut(&str, u32) -> Result<Duration, Failure>>;

pub(crate) fn rover() -> Result<Decoder, Failure> {
    let client = program::app().client()?;
    Ok(Box::new(move |text, rounds| {
        let request = client.post(&format!("/decode/{rounds}")).json_text(text);
        let start = Instant::now();
        let answer = request.send()?;
        let time = start.elapsed();
        match answer.status() {
            200 => Ok(time),
            _ => Err(answer.text().into()),
        }
    }))
}

/// Where Debian's lua-cjson is.
const CJSON: &str = "/usr/lib/x86_64-linux-gnu/lua/5.1/cjson.so";

pub(crate) fn cjson() -> Result<Decoder, Failure> {
    if !Path::new(CJSON).exists() {
        return Err(format!("there is no {CJSON} (apt-get install lua-cjson)").into());
    }
    // SAFETY: a state that may load C modules; the one that is loaded is made for this ABI.
    let lua = unsafe { Lua::unsafe_new() };
    let run: Function = lua
        .load(
            "local decode = assert(package.loadlib(..., 'luaopen_cjson'))().decode
            return function(text, rounds)
              local value
              for _ = 1, rounds do value = decode(text) end
              return type(value)
            end",
        )
        .call(CJSON)?;
    Ok(Box::new(move |text, rounds| {
        let text = lua.create_string(text)?;
        let start = Instant::now();
        run.call::<String>((text, rounds))?;
        Ok(start.elapsed())
    }))
}
