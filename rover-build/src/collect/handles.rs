//! What `rover.db` and `rover.redis` have in common in the compiler's VM.

use mlua::{Function, Lua};

const HANDLES_LUA: &str = include_str!("../../lua/handles.lua");

/// Functions that make the methods of what they give, and that look at what they are given.
pub(super) fn functions(lua: &Lua) -> mlua::Result<(Function, Function)> {
    lua.load(HANDLES_LUA).set_name("=rover").call(())
}
