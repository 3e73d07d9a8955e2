//! `rover.db` in the compiler's VM: what the program gives to it.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Function, Lua, LuaString, Value};
use rover_model::OptionValue;
use rover_model::database::DatabaseOptions;
use rover_model::guard::PLACEHOLDER;
use rover_model::sql::Dialect;

use crate::collect::handles;
use crate::collect::option_value::{has_placeholder, option_value};
use crate::diagnostic::Position;
use crate::front::load::Sources;
use crate::vocabulary::{Kind, words};

const DATABASE_LUA: &str = include_str!("../../lua/database.lua");

/// What an object has that `rover.db` gives.
const DATABASE: &str = "rover.Database";

/// A call of `rover.db`.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    /// The kind of database, where the address is known in the build.
    pub(crate) dialect: Option<Dialect>,
    pub(crate) options: DatabaseOptions,
    pub(crate) position: Position,
}

/// The calls of `rover.db`, in order.
#[derive(Clone, Default)]
pub(crate) struct Databases(Rc<RefCell<Vec<Database>>>);

impl Databases {
    /// A function that puts the word into `rover`. In another environment than the build's nothing is wrong with what
    /// it is given.
    pub(crate) fn install(
        &self,
        lua: &Lua,
        sources: &Sources,
        is_build: bool,
    ) -> mlua::Result<Function> {
        let files: Vec<String> = sources.files.iter().map(|f| f.name.clone()).collect();
        let methods = words().iter().filter(|word| word.owner == DATABASE);
        let methods = methods.filter(|word| word.kind == Kind::Method);
        let methods: Vec<&str> = methods.map(|word| word.name).collect();
        let calls = self.clone();
        let note = lua.create_function(
            move |_, (url, options, source, line): (Option<LuaString>, Value, LuaString, usize)| {
                let source = source.to_string_lossy();
                let file = source.trim_start_matches('@');
                let file = files.iter().find(|known| *known == file);
                let position = Position {
                    file: file.unwrap_or(&files[0]).clone(),
                    line,
                    column: 0,
                };
                let url = url.map(|url| url.to_string_lossy());
                let known = known(url.as_deref(), &options, position);
                let wrong = known.map(|known| calls.0.borrow_mut().push(known)).err();
                Ok(wrong.filter(|_| is_build))
            },
        )?;
        let getinfo: Function = lua.globals().get::<mlua::Table>("debug")?.get("getinfo")?;
        let chunk = lua.load(DATABASE_LUA).set_name("=rover");
        let (members, check) = handles::functions(lua)?;
        chunk.call((members, check, methods, note, getinfo))
    }

    /// What was noted.
    pub(crate) fn take(&self) -> Vec<Database> {
        self.0.take()
    }
}

/// A call's values, or what is wrong with them. An address that comes from the environment is none in the
/// build.
fn known(url: Option<&str>, options: &Value, position: Position) -> Result<Database, String> {
    let given = match option_value(options, 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { max_connections = 10 }".to_owned()),
    };
    // What stands for values of the start says nothing.
    let given = given.into_iter();
    let given: Vec<_> = given.filter(|(_, value)| !has_placeholder(value)).collect();
    let url = url.filter(|url| !url.is_empty() && !url.contains(PLACEHOLDER));
    let dialect = url.and_then(Dialect::of_url);
    if let (Some(url), None) = (url, dialect) {
        let scheme = url.split([':', '/', '@']).next().unwrap_or_default();
        return Err(format!(
            "an address begins with `sqlite:` or `postgres://`, this one with `{scheme}`"
        ));
    }
    Ok(Database {
        dialect,
        options: DatabaseOptions::read(&given).map_err(|wrong| wrong.to_string())?,
        position,
    })
}
