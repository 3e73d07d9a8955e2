//! `rover.rate_limit` and `rover.idempotent` in the compiler's VM: what the program gives to them.

use mlua::{Function, Lua, LuaString, Value};
use rover_model::OptionValue;
use rover_model::admission::{Idempotency, RateLimit};

use crate::collect::option_value::{has_placeholder, option_value};

const ADMISSION_LUA: &str = include_str!("../../lua/admission.lua");

/// A function that puts the words into `rover`.
pub(crate) fn install(lua: &Lua) -> mlua::Result<Function> {
    let wrong = lua.create_function(|_, (word, options): (LuaString, Value)| {
        Ok(wrong(&word.to_string_lossy(), &options).err())
    })?;
    let chunk = lua.load(ADMISSION_LUA).set_name("=rover");
    chunk.call(wrong)
}

fn wrong(word: &str, options: &Value) -> Result<(), String> {
    let given = match option_value(options, 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { rate = \"100/min\" }".to_owned()),
    };
    // What stands for values of the start says nothing, but that there will be one.
    let given = given.into_iter().map(|(name, value)| match value {
        value if name == "rate" && has_placeholder(&value) => {
            (name, OptionValue::Text("1/s".to_owned()))
        }
        value => (name, value),
    });
    let given: Vec<_> = given.filter(|(_, value)| !has_placeholder(value)).collect();
    let read = match word {
        "rate_limit" => RateLimit::read(&given).map(drop),
        _ => Idempotency::read(&given).map(drop),
    };
    read.map_err(|wrong| wrong.to_string())
}
