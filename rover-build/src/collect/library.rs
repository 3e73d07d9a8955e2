//! What the VM of the collecting run has of `require`, `debug`, `package` and `jit`.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Function, Lua, Table, Value};
use rover_model::MODULES_LUA;

use crate::collect::json::raise;
use crate::front::load::{Known, Sources};
use crate::vocabulary;

/// Modules that a run asked for and did not get.
#[derive(Clone, Default)]
pub(super) struct Asked {
    /// Their files are there.
    pub(super) new: Rc<RefCell<Vec<String>>>,
    /// Their files are no Lua.
    pub(super) broken: Rc<RefCell<Vec<String>>>,
}

/// `require` and the libraries that programs get in part.
pub(super) fn modules(
    lua: &Lua,
    sources: &Sources,
    chunks: Vec<Function>,
    asked: &Asked,
) -> mlua::Result<Table> {
    let names = sources.files.iter().map(|file| file.modules.clone());
    let names: Vec<_> = names.collect();
    let finder = sources.finder();
    let asked = asked.clone();
    let load_chunk = lua.create_function(move |_, name: String| {
        let found = names.iter().position(|modules| modules.contains(&name));
        if let Some(at) = found {
            return Ok(Some(chunks[at].clone()));
        }
        match finder.state(&name) {
            Known::New => {
                asked.new.borrow_mut().push(name);
                Err(mlua::Error::runtime("the module is read first"))
            }
            Known::Broken(wrong) => {
                asked.broken.borrow_mut().push(name);
                Err(mlua::Error::runtime(wrong))
            }
            Known::Absent => Ok(None),
        }
    })?;
    let require: Function = lua.globals().get("require")?;
    let host = lua.create_table()?;
    host.set("load_chunk", load_chunk)?;
    let library = vocabulary::library_names()
        .into_iter()
        .map(|name| (name, true));
    host.set("library", lua.create_table_from(library)?)?;
    host.set("raise", raise(lua)?)?;
    host.set("getinfo", get_info(lua)?)?;
    host.set("traceback", traceback(lua)?)?;
    for (name, module) in [("table_new", "table.new"), ("table_clear", "table.clear")] {
        host.set(name, require.call::<Function>(module)?)?;
    }
    let jit = lua.create_table()?;
    let whole: Table = lua.globals().get("jit")?;
    for name in ["version", "version_num", "os", "arch"] {
        jit.set(name, whole.get::<Value>(name)?)?;
    }
    host.set("jit", jit)?;
    lua.load(MODULES_LUA).set_name("=rover").call(host)
}

/// What `debug.getinfo` tells of a function, or of one that runs. Of other coroutines nothing is
/// known here.
pub(super) fn get_info(lua: &Lua) -> mlua::Result<Function> {
    lua.create_function(|lua, (of, _): (Value, Option<String>)| {
        let table = lua.create_table()?;
        let fill = |source: Option<String>,
                    short: Option<String>,
                    what: &str,
                    lines: [Option<usize>; 3]| {
            table.set("source", source)?;
            table.set("short_src", short)?;
            table.set("what", what)?;
            table.set("currentline", lines[0].map_or(-1, |line| line as i64))?;
            table.set("linedefined", lines[1].unwrap_or(0))?;
            table.set("lastlinedefined", lines[2].unwrap_or(0))?;
            table.set("nups", 0)
        };
        match of {
            Value::Function(function) => {
                let info = function.info();
                let lines = [None, info.line_defined, info.last_line_defined];
                fill(info.source, info.short_src, info.what, lines)?;
            }
            Value::Integer(_) | Value::Number(_) => {
                let level = match of {
                    Value::Number(level) => level as usize,
                    _ => of.as_usize().unwrap_or_default(),
                };
                let found = lua.inspect_stack(level, |d| {
                    let name = d.names().name.map(|name| name.into_owned());
                    let source = d.source();
                    let lines = [
                        d.current_line(),
                        source.line_defined,
                        source.last_line_defined,
                    ];
                    let text = |t: Option<std::borrow::Cow<'_, str>>| t.map(|t| t.into_owned());
                    fill(
                        text(source.source),
                        text(source.short_src),
                        source.what,
                        lines,
                    )?;
                    table.set("name", name)
                });
                match found {
                    Some(filled) => filled?,
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(table))
    })
}

/// `debug.traceback`: a message with where the program is; other values as they are.
fn traceback(lua: &Lua) -> mlua::Result<Function> {
    lua.create_function(|lua, values: mlua::MultiValue| {
        let first = values.into_iter().find(|v| !matches!(v, Value::Thread(_)));
        let message = match first {
            None | Some(Value::Nil) => String::new(),
            Some(Value::String(text)) => text.to_string_lossy(),
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Number(number)) => number.to_string(),
            Some(other) => return Ok(other),
        };
        let text = lua.traceback(Some(&message), 1)?;
        Ok(Value::String(text))
    })
}
