//! The texts and the bytecode that a VM loads.

use mlua::{Function, Lua, Table};
use rover_model::{CRYPTO_LUA, CSRF_LUA, ENV_LUA, MODULES_LUA};

use crate::program::Program;

pub(crate) const RUNTIME_LUA: &str = include_str!("../../../lua/runtime.lua");

/// The parts that `runtime.lua` loads, by name.
const PARTS: [(&str, &str); 33] = [
    ("chain", include_str!("../../../lua/chain.lua")),
    ("lock", include_str!("../../../lua/lock.lua")),
    ("modules", MODULES_LUA),
    ("body", include_str!("../../../lua/body.lua")),
    ("html", include_str!("../../../lua/html.lua")),
    ("html_plain", include_str!("../../../lua/html_plain.lua")),
    ("walked", include_str!("../../../lua/walked.lua")),
    ("cookie", include_str!("../../../lua/cookie.lua")),
    ("response", include_str!("../../../lua/response.lua")),
    ("ctx", include_str!("../../../lua/ctx.lua")),
    ("wait", include_str!("../../../lua/wait.lua")),
    ("http", include_str!("../../../lua/http.lua")),
    ("crypto", include_str!("../../../lua/crypto.lua")),
    ("crypto_words", CRYPTO_LUA),
    ("password", include_str!("../../../lua/password.lua")),
    ("jwt", include_str!("../../../lua/jwt.lua")),
    ("session", include_str!("../../../lua/session.lua")),
    (
        "session_database",
        include_str!("../../../lua/session_database.lua"),
    ),
    ("csrf", CSRF_LUA),
    ("files", include_str!("../../../lua/files.lua")),
    ("database", include_str!("../../../lua/database.lua")),
    ("redis", include_str!("../../../lua/redis.lua")),
    ("stores", include_str!("../../../lua/stores.lua")),
    ("admission", include_str!("../../../lua/admission.lua")),
    ("variables", ENV_LUA),
    ("env", include_str!("../../../lua/env.lua")),
    ("global", include_str!("../../../lua/global.lua")),
    ("direct", include_str!("../../../lua/direct.lua")),
    ("library", include_str!("../../../lua/library.lua")),
    ("gmatch", include_str!("../../../lua/gmatch.lua")),
    ("gsub", include_str!("../../../lua/gsub.lua")),
    ("strings", include_str!("../../../lua/strings.lua")),
    ("sandbox", include_str!("../../../lua/sandbox.lua")),
];

/// The function by which `runtime.lua` gets its parts' chunks.
pub(crate) fn part(lua: &Lua) -> mlua::Result<Function> {
    lua.create_function(|lua, name: String| {
        let found = PARTS.iter().find(|(part, _)| *part == name);
        let (_, text) = found.ok_or_else(|| mlua::Error::runtime(format!("no part `{name}`")))?;
        lua.load(*text).set_name("=rover").into_function()
    })
}

/// The function by which `runtime.lua` gets a bundled module's chunk.
pub(crate) fn load_chunk(
    lua: &Lua,
    program: &'static Program,
    direct: Table,
) -> mlua::Result<Function> {
    lua.create_function(move |lua, name: mlua::LuaString| {
        let name = name.to_string_lossy();
        let Some(chunk) = program
            .chunks
            .iter()
            .find(|c| c.modules.iter().any(|known| *known == name))
        else {
            return Ok(None);
        };
        let loaded = lua
            .load(&*chunk.bytecode)
            .set_mode(mlua::chunk::ChunkMode::Binary);
        // The chunk's own function closes over what only compiled code calls.
        loaded.call::<Function>(&direct).map(Some)
    })
}

/// The function by which `runtime.lua` gets a template's chunk.
pub(crate) fn load_page(lua: &Lua, program: &'static Program) -> mlua::Result<Function> {
    lua.create_function(move |lua, number: usize| {
        let page = number.checked_sub(1).and_then(|at| program.pages.get(at));
        let Some(page) = page else {
            return Ok(None);
        };
        let loaded = lua
            .load(&*page.bytecode)
            .set_mode(mlua::chunk::ChunkMode::Binary);
        loaded.into_function().map(Some)
    })
}
