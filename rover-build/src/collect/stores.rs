//! `rover.shared` in the compiler's VM: what the program gives to it.

use std::cell::RefCell;
use std::collections::HashMap;

use mlua::{Function, Lua, LuaString, Value};
use rover_model::OptionValue;
use rover_model::state::{StoreKind, StoreOptions};

use crate::collect::option_value::{has_placeholder, option_value};
use crate::vocabulary::{Kind, words};

const STORES_LUA: &str = include_str!("../../lua/stores.lua");

/// What an object has that `rover.shared` gives.
const STORE: &str = "rover.Store";

/// A function that puts the word into `rover`.
pub(crate) fn install(lua: &Lua) -> mlua::Result<Function> {
    let methods = words().iter().filter(|word| word.owner == STORE);
    let methods = methods.filter(|word| word.kind == Kind::Method);
    let methods: Vec<&str> = methods.map(|word| word.name).collect();
    let known: RefCell<HashMap<String, StoreOptions>> = RefCell::default();
    let wrong = lua.create_function(
        move |_, (name, options, are_given): (LuaString, Value, bool)| {
            let options = match options_of(StoreKind::Shared, &options) {
                Ok(options) => options,
                Err(wrong) => return Ok(Some(wrong)),
            };
            if !are_given {
                return Ok(None);
            }
            let mut known = known.borrow_mut();
            let before = known.insert(name.to_string_lossy(), options);
            let other = before.is_some_and(|before| before != options);
            Ok(other.then(|| {
                "it was given other options before: a store has one set of them".to_owned()
            }))
        },
    )?;
    let chunk = lua.load(STORES_LUA).set_name("=rover");
    chunk.call((methods, wrong))
}

/// The options that a program gives; what stands for values of the start says nothing.
fn options_of(kind: StoreKind, options: &Value) -> Result<StoreOptions, String> {
    let given = match option_value(options, 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { max_bytes = \"64MiB\" }".to_owned()),
    };
    let given = given.into_iter();
    let given: Vec<_> = given.filter(|(_, value)| !has_placeholder(value)).collect();
    StoreOptions::read(kind, &given).map_err(|wrong| wrong.to_string())
}
