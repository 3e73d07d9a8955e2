//! `rover.shared` and `rover.cache` in the compiler's VM: what the program gives to them.

use std::cell::RefCell;
use std::collections::HashMap;

use mlua::{Function, Lua, LuaString, Table, Value};
use rover_model::OptionValue;
use rover_model::state::{StoreKind, StoreOptions};

use crate::collect::option_value::{has_placeholder, option_value};
use crate::vocabulary::{Elsewhere, Kind, words};

const STORES_LUA: &str = include_str!("../../lua/stores.lua");

/// The words, what they give is called, its class, and which options they take.
const WORDS: [(&str, &str, &str, StoreKind); 2] = [
    ("shared", "store", "rover.Store", StoreKind::Shared),
    ("cache", "cache", "rover.Cache", StoreKind::Cache),
];

/// A function that puts the words into `rover`.
pub(crate) fn install(lua: &Lua) -> mlua::Result<Function> {
    let all = lua.create_table()?;
    for (word, what, class, _) in WORDS {
        let given = lua.create_table()?;
        given.set("what", what)?;
        given.set("methods", methods(lua, class)?)?;
        all.set(word, given)?;
    }
    let known: RefCell<HashMap<(String, String), StoreOptions>> = RefCell::default();
    let wrong = lua.create_function(
        move |_, (word, name, options, are_given): (String, LuaString, Value, bool)| {
            let kind = match WORDS.iter().find(|(known, ..)| *known == word) {
                Some((.., kind)) => *kind,
                None => StoreKind::Shared,
            };
            let options = match options_of(kind, &options) {
                Ok(options) => options,
                Err(wrong) => return Ok(Some(wrong)),
            };
            if !are_given {
                return Ok(None);
            }
            let name = (word, name.to_string_lossy());
            let before = known.borrow_mut().insert(name, options);
            let other = before.is_some_and(|before| before != options);
            Ok(other.then(|| {
                "it was given other options before: a name has one set of them".to_owned()
            }))
        },
    )?;
    let chunk = lua.load(STORES_LUA).set_name("=rover");
    chunk.call((all, wrong))
}

/// The methods of a class, and whether each waits.
fn methods(lua: &Lua, class: &str) -> mlua::Result<Table> {
    let methods = words().iter().filter(|word| word.owner == class);
    let methods = methods.filter(|word| word.kind == Kind::Method);
    lua.create_table_from(methods.map(|word| (word.name, word.waits(Elsewhere::default()))))
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
