//! Words of waiting handlers in the compiler's VM.

use mlua::{Function, Lua};
use rover_model::cron::Schedule;

use crate::vocabulary::{Elsewhere, Kind, words};

const WAIT_LUA: &str = include_str!("../../lua/wait.lua");

/// What an object has that `rover.http.client` gives.
const CLIENT: &str = "rover.HttpClient";

/// A function that puts them into `rover` and `io`.
pub(crate) fn install(lua: &Lua) -> mlua::Result<Function> {
    let waiting = words()
        .iter()
        .filter(|word| word.waits(Elsewhere::default()));
    let functions = waiting.clone().filter(|word| word.kind == Kind::Function);
    let functions: Vec<String> = functions.map(|word| word.path()).collect();
    let methods = waiting.filter(|word| word.owner == CLIENT);
    let methods: Vec<&str> = methods.map(|word| word.name).collect();
    let wrong_times = lua.create_function(|_, text: mlua::LuaString| {
        let wrong = Schedule::parse(&text.to_string_lossy()).err();
        Ok(wrong.map(|wrong| wrong.to_string()))
    })?;
    let chunk = lua.load(WAIT_LUA).set_name("=rover");
    chunk.call((functions, methods, wrong_times))
}
