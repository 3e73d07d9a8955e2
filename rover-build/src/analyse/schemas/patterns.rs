//! Lua's patterns, which rules of schemas are made of.

use std::cell::OnceCell;

use mlua::{Function, Lua, Table, Value};
use rover_model::guard::Patterns;

/// Lua's pattern matching.
#[derive(Default)]
pub(crate) struct LuaPatterns {
    lua: OnceCell<Lua>,
}

impl Patterns for LuaPatterns {
    fn found(&self, pattern: &str, text: &[u8]) -> bool {
        let lua = self.lua.get_or_init(Lua::new);
        let found = || -> mlua::Result<bool> {
            let strings: Table = lua.globals().get("string")?;
            let find: Function = strings.get("find")?;
            let found: Value = find.call((lua.create_string(text)?, pattern))?;
            Ok(!found.is_nil())
        };
        found().unwrap_or(false)
    }
}
