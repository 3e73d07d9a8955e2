//! `rover.redis` in the compiler's VM: what the program gives to it.

use mlua::{Function, Lua, LuaString, Value};
use rover_model::OptionValue;
use rover_model::guard::PLACEHOLDER;
use rover_model::redis::{RedisAddress, RedisOptions};

use crate::collect::handles;
use crate::collect::option_value::{has_placeholder, option_value};
use crate::vocabulary::{Kind, words};

const REDIS_LUA: &str = include_str!("../../lua/redis.lua");

/// What an object has that `rover.redis` gives.
const REDIS: &str = "rover.Redis";

/// A function that puts the word into `rover`. In another environment than the build's nothing is wrong with what it is
/// given.
pub(crate) fn install(lua: &Lua, is_build: bool) -> mlua::Result<Function> {
    let methods = words().iter().filter(|word| word.owner == REDIS);
    let methods = methods.filter(|word| word.kind == Kind::Method);
    let methods: Vec<&str> = methods.map(|word| word.name).collect();
    let wrong = lua.create_function(move |_, (url, options): (Option<LuaString>, Value)| {
        let url = url.map(|url| url.to_string_lossy());
        let wrong = check(url.as_deref(), &options).err();
        Ok(wrong.filter(|_| is_build))
    })?;
    let chunk = lua.load(REDIS_LUA).set_name("=rover");
    let (members, check) = handles::functions(lua)?;
    chunk.call((members, check, methods, wrong))
}

/// Says what is wrong with a call's values. What comes from the environment is not known in the build.
fn check(url: Option<&str>, options: &Value) -> Result<(), String> {
    let given = match option_value(options, 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { timeout = \"2s\" }".to_owned()),
    };
    let given = given.into_iter();
    let given: Vec<_> = given.filter(|(_, value)| !has_placeholder(value)).collect();
    RedisOptions::read(&given).map_err(|wrong| wrong.to_string())?;
    match url.filter(|url| !url.is_empty() && !url.contains(PLACEHOLDER)) {
        Some(url) => RedisAddress::parse(url)
            .map(drop)
            .map_err(|wrong| wrong.to_string()),
        None => Ok(()),
    }
}
