//! The words that Lua can say, as LuaCATS definition files: what editors read and what the compiler
//! checks by. `rover-build`'s `vocabulary` parses them.

/// The files of `vocabulary/`: name and text, in the order in which the reference shows them.
pub const VOCABULARY: [(&str, &str); 19] = [
    ("ctx.lua", include_str!("../vocabulary/ctx.lua")),
    ("server.lua", include_str!("../vocabulary/server.lua")),
    ("options.lua", include_str!("../vocabulary/options.lua")),
    ("cors.lua", include_str!("../vocabulary/cors.lua")),
    ("rover.lua", include_str!("../vocabulary/rover.lua")),
    ("wait.lua", include_str!("../vocabulary/wait.lua")),
    ("http.lua", include_str!("../vocabulary/http.lua")),
    ("crypto.lua", include_str!("../vocabulary/crypto.lua")),
    ("database.lua", include_str!("../vocabulary/database.lua")),
    ("state.lua", include_str!("../vocabulary/state.lua")),
    ("admission.lua", include_str!("../vocabulary/admission.lua")),
    ("files.lua", include_str!("../vocabulary/files.lua")),
    ("globals.lua", include_str!("../vocabulary/globals.lua")),
    ("string.lua", include_str!("../vocabulary/string.lua")),
    ("table.lua", include_str!("../vocabulary/table.lua")),
    ("math.lua", include_str!("../vocabulary/math.lua")),
    ("library.lua", include_str!("../vocabulary/library.lua")),
    ("later.lua", include_str!("../vocabulary/later.lua")),
    ("elsewhere.lua", include_str!("../vocabulary/elsewhere.lua")),
];
